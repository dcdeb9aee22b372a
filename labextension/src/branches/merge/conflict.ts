import type { CellDecision, MergeHunk, MergeItem } from '../../api/schema';
import { diffLines, type ILine, linesOf, type Sign } from '../diff/lines';

export type Side = 'ours' | 'theirs';

/** The result of a conflict while a person works on it; `text` is `null` where the cell goes. */
export interface IDraft {
  readonly text: string | null;
  /** The side that the whole cell was taken of. */
  readonly side: Side | null;
}

/** What a conflict begins with: what was decided, else what merges by itself with the target's lines. */
export function firstDraft(item: MergeItem): IDraft {
  const { decision } = item;
  if (decision?.choice === 'edit') {
    return { text: decision.text, side: null };
  }
  if (decision?.choice === 'ours' || decision?.choice === 'theirs') {
    return wholeSide(item, decision.choice);
  }
  return decision?.choice === 'both' ? usingBoth(item) : using(item, 'ours');
}

/** The result with the lines of one side where they clash. */
export function using(item: MergeItem, side: Side): IDraft {
  if (item.hunks.length === 0 || !hasText(item)) {
    return wholeSide(item, side);
  }
  const lines = item.hunks.flatMap(hunk => hunk.lines ?? (side === 'ours' ? hunk.target : hunk.source));
  return { text: lines.join('\n'), side };
}

/** The result with the lines of the target, then those of the source, where they clash. */
export function usingBoth(item: MergeItem): IDraft {
  const lines =
    item.hunks.length > 0
      ? item.hunks.flatMap(hunk => hunk.lines ?? [...hunk.target, ...hunk.source])
      : [...linesOf(item.target?.source ?? ''), ...linesOf(item.source?.source ?? '')];
  return { text: lines.join('\n'), side: null };
}

/** Both sides have a text that can be laid together. */
export function hasText(item: MergeItem): boolean {
  return (
    (item.conflict === 'source' || item.conflict === 'added') && item.target !== null && item.source !== null
  );
}

/** Whether the result can be typed: not where whole cells are chosen. */
export function isTyped(item: MergeItem): boolean {
  return item.conflict !== 'type' && item.conflict !== 'attachments';
}

/** The decision that makes exactly this result. */
export function decisionOf(notebook: string, item: MergeItem, draft: IDraft): CellDecision {
  const cell = { notebook, cell_id: item.cell_id };
  if (!isTyped(item)) {
    return { ...cell, choice: draft.side ?? 'ours', text: null };
  }
  const same = (side: Side) => draft.text === (sideOf(item, side)?.source ?? null);
  if (same('ours') && !(draft.side === 'theirs' && same('theirs'))) {
    return { ...cell, choice: 'ours', text: null };
  }
  return same('theirs')
    ? { ...cell, choice: 'theirs', text: null }
    : { ...cell, choice: 'edit', text: draft.text ?? '' };
}

export function sideOf(item: MergeItem, side: Side): MergeItem['target'] {
  return side === 'ours' ? item.target : item.source;
}

function wholeSide(item: MergeItem, side: Side): IDraft {
  return { text: sideOf(item, side)?.source ?? null, side };
}

/** Lines of the base that both sides changed, as stretches of its lines. */
export function clashes(item: MergeItem): { from: number; to: number }[] {
  return stretchesOf(
    linesOf(item.base?.source ?? ''),
    item.hunks.filter(hunk => hunk.lines === null).map(hunk => hunk.base)
  );
}

/** The lines of one side: `!` where it clashes with the other, `+` where it alone differs from the base. */
export function columnOf(item: MergeItem, side: Side): ILine[] {
  const text = sideOf(item, side)?.source ?? null;
  const pick = (hunk: MergeHunk) => (side === 'ours' ? hunk.target : hunk.source);
  const found = stretchesOf(linesOf(text ?? ''), item.hunks.filter(hunk => hunk.lines === null).map(pick));
  const base = item.base ? item.base.source : null;
  return diffLines(base, text)
    .filter(line => line.after !== null)
    .map(line => {
      const at = (line.after ?? 0) - 1;
      const clash =
        found.some(({ from, to }) => from <= at && at < to) || (base === null && item.hunks.length === 0);
      return { ...line, marks: [], sign: clash ? '!' : base === null ? ' ' : line.sign };
    });
}

/** The sign of each line of a result. */
export function signsOf(item: MergeItem, text: string): Sign[] {
  if (!item.base) {
    return linesOf(text).map(() => ' ');
  }
  const found = clashes(item);
  const signs: Sign[] = [];
  let base = 0;
  for (const line of diffLines(item.base.source, text)) {
    if (line.after !== null) {
      const clash = line.sign === '+' && found.some(({ from, to }) => from <= base && base <= to);
      signs.push(clash ? '!' : line.sign);
    }
    base = line.before ?? base;
  }
  return signs;
}

/** Where some lists of lines lie in a text, one behind the other; empty ones lie nowhere. */
function stretchesOf(
  lines: readonly string[],
  parts: readonly (readonly string[])[]
): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  let next = 0;
  for (const part of parts.filter(each => each.length > 0)) {
    const from = indexOf(lines, part, next);
    if (from >= 0) {
      next = from + part.length;
      found.push({ from, to: next });
    }
  }
  return found;
}

function indexOf(lines: readonly string[], part: readonly string[], start: number): number {
  for (let from = start; from + part.length <= lines.length; from += 1) {
    if (part.every((line, index) => lines[from + index] === line)) {
      return from;
    }
  }
  return -1;
}
