/** Lines that stand around a change. */
const AROUND = 3;
/** Lines of a cell that is new, or is gone, before the rest is folded. */
const FIRST = 10;
/** Fewer than this are not worth a fold. */
const WORTH = 3;
/** Lines that one press unfolds. */
export const STEP = 200;

/** A stretch of rows: shown, or folded into one row. */
export interface IStretch {
  readonly from: number;
  readonly to: number;
  readonly folded: boolean;
  /** It can be unfolded, and how far it was. */
  readonly fold: number | null;
}

/**
 * Stretches of the rows of a cell.
 *
 * `changed` says for each row whether it differs; `opened` how many rows of each fold are unfolded,
 * by the row that the fold begins with.
 */
export function stretches(changed: readonly boolean[], opened: ReadonlyMap<number, number>): IStretch[] {
  const found: IStretch[] = [];
  let from = 0;
  for (const fold of foldsOf(changed)) {
    if (fold.from > from) {
      found.push({ from, to: fold.from, folded: false, fold: null });
    }
    const open = Math.min(fold.to, fold.from + (opened.get(fold.from) ?? 0));
    if (open > fold.from) {
      found.push({ from: fold.from, to: open, folded: false, fold: fold.from });
    }
    if (open < fold.to) {
      found.push({ from: open, to: fold.to, folded: true, fold: fold.from });
    }
    from = fold.to;
  }
  if (from < changed.length) {
    found.push({ from, to: changed.length, folded: false, fold: null });
  }
  return found;
}

function foldsOf(changed: readonly boolean[]): { from: number; to: number }[] {
  const folds: { from: number; to: number }[] = [];
  const add = (from: number, to: number) => {
    if (to - from >= WORTH) {
      folds.push({ from, to });
    }
  };
  let row = 0;
  while (row < changed.length) {
    const is = changed[row];
    let end = row;
    while (end < changed.length && changed[end] === is) {
      end += 1;
    }
    if (is) {
      // Much that is new: its beginning tells what it is.
      add(row + FIRST, end);
    } else {
      add(row === 0 ? 0 : row + AROUND, end === changed.length ? end : end - AROUND);
    }
    row = end;
  }
  return folds;
}
