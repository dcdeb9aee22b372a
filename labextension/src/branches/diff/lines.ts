import { diffArrays } from 'diff';

import { type IMark, markWords } from './words';

export type Sign = ' ' | '+' | '−' | '!';

/** A line of a cell beside what it was: with the number that it has on each side. */
export interface ILine {
  readonly sign: Sign;
  readonly before: number | null;
  readonly after: number | null;
  readonly text: string;
  /** The words in it that differ. */
  readonly marks: readonly IMark[];
}

/** Two lines that stand side by side. */
export interface IPair {
  readonly before: ILine | null;
  readonly after: ILine | null;
}

/** Edits that are looked for; where two texts differ by more, all between their equal ends counts as changed. */
const MOST_EDITS = 500;
/** Pairs of lines whose words are compared. */
const MOST_PAIRS = 200;

export function linesOf(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

/** The lines of two texts in one column: what went, then what came. `null` is a text that is not there. */
export function diffLines(before: string | null, after: string | null): ILine[] {
  const old = linesOf(before ?? '');
  const young = linesOf(after ?? '');
  const { head, tail } = equalEnds(old, young);
  const lines: ILine[] = [];
  const place = { before: 0, after: 0 };
  keep(lines, place, old.slice(0, head));
  const left = { pairs: MOST_PAIRS };
  for (const block of blocks(old.slice(head, old.length - tail), young.slice(head, young.length - tail))) {
    if (block.same) {
      keep(lines, place, block.same);
    } else {
      replace(lines, place, block.gone, block.come, left);
    }
  }
  keep(lines, place, old.slice(old.length - tail));
  return lines;
}

/** How many lines came and went. */
export function countLines(lines: readonly ILine[]): { added: number; removed: number } {
  return {
    added: lines.filter(line => line.sign === '+').length,
    removed: lines.filter(line => line.sign === '−').length
  };
}

/** The same lines in two columns: what replaces something stands beside it. */
export function sideBySide(lines: readonly ILine[]): IPair[] {
  const pairs: IPair[] = [];
  let gone: ILine[] = [];
  let come: ILine[] = [];
  const flush = () => {
    for (let index = 0; index < Math.max(gone.length, come.length); index += 1) {
      pairs.push({ before: gone[index] ?? null, after: come[index] ?? null });
    }
    gone = [];
    come = [];
  };
  for (const line of lines) {
    if (line.sign === '−') {
      gone.push(line);
    } else if (line.sign === '+') {
      come.push(line);
    } else {
      flush();
      pairs.push({ before: line, after: line });
    }
  }
  flush();
  return pairs;
}

interface IBlock {
  readonly same: readonly string[] | null;
  readonly gone: readonly string[];
  readonly come: readonly string[];
}

/** Stretches that are equal, and stretches that replace each other. */
function blocks(old: readonly string[], young: readonly string[]): IBlock[] {
  const whole: IBlock = { same: null, gone: old, come: young };
  if (old.length === 0 || young.length === 0) {
    return [whole];
  }
  const parts = diffArrays([...old], [...young], { maxEditLength: MOST_EDITS });
  if (!parts) {
    return [whole];
  }
  const found: IBlock[] = [];
  for (const part of parts) {
    const last = found.at(-1);
    if (!part.added && !part.removed) {
      found.push({ same: part.value, gone: [], come: [] });
    } else {
      const open = last && !last.same ? (found.pop() as IBlock) : { same: null, gone: [], come: [] };
      found.push({
        same: null,
        gone: part.removed ? [...open.gone, ...part.value] : open.gone,
        come: part.added ? [...open.come, ...part.value] : open.come
      });
    }
  }
  return found;
}

function equalEnds(old: readonly string[], young: readonly string[]): { head: number; tail: number } {
  const most = Math.min(old.length, young.length);
  let head = 0;
  while (head < most && old[head] === young[head]) {
    head += 1;
  }
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === young[young.length - 1 - tail]) {
    tail += 1;
  }
  return { head, tail };
}

interface IPlace {
  before: number;
  after: number;
}

function keep(lines: ILine[], place: IPlace, same: readonly string[]): void {
  for (const text of same) {
    place.before += 1;
    place.after += 1;
    lines.push({ sign: ' ', before: place.before, after: place.after, text, marks: [] });
  }
}

function replace(
  lines: ILine[],
  place: IPlace,
  gone: readonly string[],
  come: readonly string[],
  left: { pairs: number }
): void {
  const pairs = Math.min(gone.length, come.length, left.pairs);
  left.pairs -= pairs;
  const marked = Array.from({ length: pairs }, (_, index) =>
    markWords(gone[index] as string, come[index] as string)
  );
  gone.forEach((text, index) => {
    place.before += 1;
    const marks = marked[index]?.before ?? [];
    lines.push({ sign: '−', before: place.before, after: null, text, marks });
  });
  come.forEach((text, index) => {
    place.after += 1;
    const marks = marked[index]?.after ?? [];
    lines.push({ sign: '+', before: null, after: place.after, text, marks });
  });
}
