import type { IMark } from './words';

/** A stretch of a line with the classes of its colour. */
export interface IToken extends IMark {
  readonly className: string;
}

/** A piece of a line that looks the same all over. */
export interface ISegment {
  readonly text: string;
  readonly className: string;
  /** It differs from the other side. */
  readonly marked: boolean;
}

/** Characters of a line that are shown. */
export const LINE = 2000;

/** A line in pieces: by its colours, and by what differs in it. Both lists are in order. */
export function segments(
  line: string,
  tokens: readonly IToken[],
  marks: readonly IMark[]
): { shown: ISegment[]; rest: number } {
  const end = Math.min(line.length, LINE);
  const edges = new Set([0, end]);
  for (const { from, to } of [...tokens, ...marks]) {
    edges.add(Math.min(from, end));
    edges.add(Math.min(to, end));
  }
  const places = [...edges].sort((a, b) => a - b);
  const shown: ISegment[] = [];
  let token = 0;
  let mark = 0;
  for (let index = 0; index + 1 < places.length; index += 1) {
    const from = places[index] as number;
    const to = places[index + 1] as number;
    while ((tokens[token]?.to ?? Infinity) <= from) {
      token += 1;
    }
    while ((marks[mark]?.to ?? Infinity) <= from) {
      mark += 1;
    }
    const here = tokens[token];
    shown.push({
      text: line.slice(from, to),
      className: here && here.from <= from ? here.className : '',
      marked: (marks[mark]?.from ?? Infinity) <= from
    });
  }
  return { shown, rest: line.length - end };
}

/** The tokens of a text, line by line. */
export function byLine(text: string, tokens: readonly IToken[]): IToken[][] {
  const lines: IToken[][] = [];
  let start = 0;
  let next = 0;
  for (const line of text.split('\n')) {
    const end = start + line.length;
    const found: IToken[] = [];
    while (next < tokens.length && (tokens[next] as IToken).from < end) {
      const { from, to, className } = tokens[next] as IToken;
      if (to > start) {
        found.push({ from: Math.max(from, start) - start, to: Math.min(to, end) - start, className });
      }
      if (to > end) {
        // It goes on in the next line.
        break;
      }
      next += 1;
    }
    lines.push(found);
    start = end + 1;
  }
  return lines;
}
