import type { DiffCell, ForkRecord } from '../../api/schema';

/**
 * Place of the last cell that a forked notebook shares; −1 when none is left.
 *
 * `changed`: what differs from the state that it was forked from.
 */
export function lastShared(
  ids: readonly string[],
  record: Pick<ForkRecord, 'cell_id' | 'shared'>,
  changed: readonly DiffCell[]
): number {
  const at = ids.indexOf(record.cell_id);
  if (at >= 0) {
    return at;
  }
  // It was deleted on the branch: the line is below what is left of the shared cells.
  const own = ownOf(changed);
  const limit = Math.min(record.shared, ids.length);
  for (let index = limit - 1; index >= 0; index -= 1) {
    if (!own.has(ids[index] ?? '')) {
      return index;
    }
  }
  return -1;
}

/** The cells above the line that are what they were at the fork. */
export function sharedCells(
  ids: readonly string[],
  last: number,
  changed: readonly DiffCell[]
): ReadonlySet<string> {
  const own = ownOf(changed);
  return new Set(ids.slice(0, last + 1).filter(id => !own.has(id)));
}

function ownOf(changed: readonly DiffCell[]): ReadonlySet<string> {
  return new Set(
    changed.filter(({ change }) => change === 'added' || change === 'edited').map(({ cell_id }) => cell_id)
  );
}
