import type { TranslationBundle } from '@jupyterlab/translation';

import { openMenu } from '../components/menu';
import type { ModelsModel } from '../models/models';

/** Menu of the models on offer; those that cannot be used say why. */
export function pickModel(
  trans: TranslationBundle,
  models: ModelsModel,
  current: string | null,
  choose: (id: string) => void,
  at: HTMLElement
): void {
  openMenu(
    models.items.map(each => ({
      label: each.available
        ? each.display_name
        : trans.__('%1 (%2)', each.display_name, each.reason ?? trans.__('not available')),
      caption: each.id,
      disabled: !each.available,
      toggled: each.id === current,
      execute: () => choose(each.id)
    })),
    at
  );
}
