import type { TranslationBundle } from '@jupyterlab/translation';

import type { ModelInfo } from '../api/schema';
import { openMenu } from '../components/menu';
import type { ModelsModel } from '../models/models';

/** Menu of the models on offer; those that cannot be used say why. Last: how to set one up. */
export function pickModel(
  trans: TranslationBundle,
  models: ModelsModel,
  current: string | null,
  choose: (id: string) => void,
  at: HTMLElement
): void {
  openMenu(
    [
      ...models.items.map(each => ({
        label: labelOf(trans, each),
        caption: each.id,
        disabled: !each.available,
        toggled: each.id === current,
        execute: () => choose(each.id)
      })),
      null,
      { label: trans.__('Set up a model…'), execute: () => models.wantSetup() }
    ],
    at
  );
}

function labelOf(trans: TranslationBundle, model: ModelInfo): string {
  const { display_name, available, reason } = model;
  if (available) {
    return display_name;
  }
  return reason?.includes(display_name)
    ? reason
    : trans.__('%1: %2', display_name, reason ?? trans.__('not available'));
}
