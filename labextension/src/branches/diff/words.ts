import { diffArrays } from 'diff';

/** A stretch of a line, in characters. */
export interface IMark {
  readonly from: number;
  readonly to: number;
}

const WORD = /[\p{L}\p{N}_]+(?:\.\p{N}+)?|\s+|./gsu;
/** Characters up to which the words of a line are compared. */
const LONGEST = 1000;
/** Words that come and go in a line that gets marks: looking for more takes long, and says little. */
const MOST_EDITS = 50;
/** Share of two lines that must be equal for marks to help a reader. */
const ALIKE = 0.3;

/** The words that differ between two lines; none when the lines have little in common. */
export function markWords(
  before: string,
  after: string
): { before: readonly IMark[]; after: readonly IMark[] } {
  const none = { before: [], after: [] };
  if (before.length > LONGEST || after.length > LONGEST) {
    return none;
  }
  const old = before.match(WORD) ?? [];
  const young = after.match(WORD) ?? [];
  const marks: { before: IMark[]; after: IMark[] } = { before: [], after: [] };
  let alike = 0;
  let at = 0;
  let to = 0;
  const parts = diffArrays(old, young, { maxEditLength: MOST_EDITS });
  if (!parts) {
    return none;
  }
  for (const part of parts) {
    const text = part.value.join('');
    if (part.removed) {
      marks.before.push({ from: at, to: at + text.length });
      at += text.length;
    } else if (part.added) {
      marks.after.push({ from: to, to: to + text.length });
      to += text.length;
    } else {
      alike += text.replace(/\s/g, '').length;
      at += text.length;
      to += text.length;
    }
  }
  const most = Math.max(before.replace(/\s/g, '').length, after.replace(/\s/g, '').length);
  return alike < most * ALIKE ? none : marks;
}
