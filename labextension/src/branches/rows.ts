import type { Branch } from '../api/schema';
import type { IMenuItem } from '../components/menu';

/** A branch on offer. */
export interface IOption {
  readonly branch: Branch;
  /** Why it cannot be chosen. */
  readonly reason?: string;
}

/** Branches below a heading of their own; without one when `label` is empty. */
export interface IGroup {
  readonly label: string;
  readonly options: readonly IOption[];
}

export type PickerRow =
  | { kind: 'heading'; key: string; label: string }
  | { kind: 'branch'; key: string; option: IOption }
  | { kind: 'action'; key: string; item: IMenuItem };

/** Rows of the list: the branches whose name has the text in it, those that begin with it first. */
export function branchRows(groups: readonly IGroup[], text: string): PickerRow[] {
  const wanted = folded(text);
  return groups.flatMap(({ label, options }) => {
    const found = options.filter(({ branch }) => folded(branch.name).includes(wanted));
    const first = (option: IOption) => (folded(option.branch.name).startsWith(wanted) ? 0 : 1);
    const rows: PickerRow[] = [...found]
      .sort((a, b) => first(a) - first(b))
      .map(option => ({ kind: 'branch', key: option.branch.id, option }));
    return rows.length > 0 && label !== '' && groups.length > 1
      ? [{ kind: 'heading', key: `heading-${label}`, label }, ...rows]
      : rows;
  });
}

/** Rows below the list. */
export function actionRows(items: readonly IMenuItem[]): PickerRow[] {
  return items.map((item, index) => ({ kind: 'action', key: `action-${index}`, item }));
}

type INamed = Pick<Branch, 'name'>;

/** The branch of this name, however it is written. */
export function named<T extends INamed>(branches: readonly T[], name: string): T | undefined {
  return branches.find(each => folded(each.name) === folded(name));
}

/** A name like this one that is free: with a number behind it. */
export function freeName(branches: readonly INamed[], name: string): string {
  const base = name.replace(/-\d+$/, '');
  for (let number = 2; ; number += 1) {
    const free = `${base}-${number}`;
    if (!named(branches, free)) {
      return free;
    }
  }
}

/** The row that a step up or down leads to: headings are passed over, the ends hold. */
export function steppedTo(rows: readonly PickerRow[], from: number, by: number): number {
  const step = Math.sign(by);
  let at = Math.max(0, Math.min(rows.length - 1, from + by));
  while (rows[at]?.kind === 'heading' && rows[at + step]) {
    at += step;
  }
  return rows[at]?.kind === 'heading' ? from : at;
}

function folded(name: string): string {
  return name.normalize('NFC').trim().toLocaleLowerCase();
}
