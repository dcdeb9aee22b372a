import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { KeyResult } from '../../api/schema';

/** What is asked of the agent to bring a stale key result up to date; commands for the offline agent. */
export function runAgain(trans: TranslationBundle, result: KeyResult, offline: boolean): string {
  const { origin, number, title } = result;
  if (offline) {
    return `/run ${origin.cell_id}\n/promote ${origin.cell_id} ${title}`;
  }
  const cell =
    origin.execution_count === null
      ? trans.__('cell %1', origin.cell_id)
      : trans.__('cell [%1] (%2)', origin.execution_count, origin.cell_id);
  return trans.__(
    'Key result %1, “%2”, is stale. Run %3 of %4 again and promote what it returns now, with the same chart.',
    number,
    title,
    cell,
    PathExt.basename(origin.notebook)
  );
}

/** What is asked of the agent to decide anew. */
export function decideAgain(trans: TranslationBundle, reason: string | null): string {
  return trans.__(
    'The disposition is stale: %1 Look at the key results as they are now and decide again.',
    reason ?? ''
  );
}
