import type { TranslationBundle } from '@jupyterlab/translation';

import type { Author, CellLines } from '../api/schema';
import { clock, fullTime } from '../components/times';

/** Whose cells are told. */
export type Shown = 'off' | 'agent' | 'all';

/** Neighbouring lines by one author. */
export interface IPart {
  /** First line, counted from 1, and the last one. */
  readonly from: number;
  readonly to: number;
  readonly kind: 'agent' | 'person' | 'outside';
  readonly name: string;
  /** Name, run and time. */
  readonly text: string;
}

/** Who wrote which lines of a cell; what is not to be shown is left out. */
export function partsOf(
  trans: TranslationBundle,
  lines: readonly CellLines[],
  person: string,
  shown: Shown
): IPart[] {
  const parts: IPart[] = [];
  let next = 1;
  for (const { count, author } of lines) {
    const who = whoOf(trans, author, person);
    if (count > 0 && who && (shown === 'all' || who.kind === 'agent')) {
      parts.push({ ...who, from: next, to: next + count - 1, text: described(trans, author, who.name) });
    }
    next += count;
  }
  return parts;
}

/** First names, in the order of their first lines. */
export function namesOf(parts: readonly IPart[]): string[] {
  return [...new Set(parts.map(({ name }) => name.split(' ', 1).join()))];
}

/** All parts in words: for the tooltip, and for those who do not see the bars. */
export function tooltipOf(trans: TranslationBundle, parts: readonly IPart[]): string {
  const texts = new Set(parts.map(each => each.text));
  if (texts.size === 1) {
    return [...texts].join();
  }
  return parts
    .map(({ from, to, text }) =>
      from === to ? trans.__('Line %1: %2', from, text) : trans.__('Lines %1–%2: %3', from, to, text)
    )
    .join('\n');
}

function whoOf(
  trans: TranslationBundle,
  { by }: Author,
  person: string
): Pick<IPart, 'kind' | 'name'> | null {
  switch (by) {
    case 'agent':
      return { kind: 'agent', name: trans.__('agent') };
    case 'user':
      return { kind: 'person', name: person };
    case 'outside':
      return { kind: 'outside', name: trans.__('outside') };
    case 'system':
      return null;
  }
}

function described(trans: TranslationBundle, { run_id, session_name, at }: Author, name: string): string {
  const time = at === null ? '' : isToday(at) ? clock(at) : fullTime(at);
  const when = time === '' ? '' : run_id ? trans.__('run of %1', time) : time;
  return [session_name ? trans.__('%1 in “%2”', name, session_name) : name, when]
    .filter(each => each !== '')
    .join(', ');
}

function isToday(ts: string): boolean {
  return Date.parse(ts) >= new Date().setHours(0, 0, 0, 0);
}
