import type { Variable, VariableChange } from '../api/schema';

/** By what variables are put in order. */
export type SortKey = 'name' | 'type' | 'size';

export interface ISort {
  readonly key: SortKey;
  readonly down: boolean;
}

export const BY_NAME: ISort = { key: 'name', down: false };

/** The order after a head was pressed: the largest first, names from A; pressed again, turned round. */
export function pressed(sort: ISort, key: SortKey): ISort {
  return sort.key === key ? { key, down: !sort.down } : { key, down: key === 'size' };
}

/** Variables with a text in their name or type, in order. Those of unknown size are the last. */
export function sorted(items: readonly Variable[], sort: ISort, filter: string): Variable[] {
  const wanted = filter.trim().toLocaleLowerCase();
  const found = items.filter(({ name, type }) => `${name}\n${type}`.toLocaleLowerCase().includes(wanted));
  const turn = sort.down ? -1 : 1;
  return found.sort((a, b) => {
    if (sort.key === 'size') {
      return a.size === null || b.size === null
        ? Number(a.size === null) - Number(b.size === null) || byName(a, b)
        : turn * (a.size - b.size) || byName(a, b);
    }
    return turn * (a[sort.key].localeCompare(b[sort.key]) || byName(a, b));
  });
}

/** Changes with a text in their name. */
export function found(items: readonly VariableChange[], filter: string): readonly VariableChange[] {
  const wanted = filter.trim().toLocaleLowerCase();
  return items.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
}

function byName(a: Variable, b: Variable): number {
  return a.name.localeCompare(b.name);
}
