import type { Hit, Session } from '../api/schema';

/** A text in pieces; those that were looked for are marked. */
export interface IPiece {
  readonly text: string;
  readonly marked: boolean;
}

/** What a person can choose from: a session by its name, or a place in a conversation. */
export interface IFound {
  readonly key: string;
  readonly project: string;
  /** Empty where it goes without saying. */
  readonly projectName: string;
  readonly session: string;
  readonly name: readonly IPiece[];
  /** The place: `null` opens the session as it was left. */
  readonly seq: number | null;
  readonly hit: Hit | null;
}

/** Cut a text at its marks; marks that overlap, or lie outside, do no harm. */
export function pieces(text: string, marks: readonly (readonly [number, number])[]): IPiece[] {
  const found: IPiece[] = [];
  let at = 0;
  const add = (end: number, marked: boolean) => {
    if (end > at) {
      found.push({ text: text.slice(at, end), marked });
      at = end;
    }
  };
  for (const [begin, end] of [...marks].sort((a, b) => a[0] - b[0])) {
    add(Math.min(begin, text.length), false);
    add(Math.min(end, text.length), true);
  }
  add(text.length, false);
  return found;
}

/** Characters of a snippet that two lines of the narrowest list show. */
const SHOWN = 48;

/** A snippet and its marks, begun at a word shortly before the first mark where the list would cut that off. */
export function snippetOf({ snippet, marks }: Pick<Hit, 'snippet' | 'marks'>): IPiece[] {
  const first = Math.min(...marks.map(([begin]) => begin));
  if (marks.length === 0 || first <= SHOWN / 2) {
    return pieces(snippet, marks);
  }
  const cut = snippet.lastIndexOf(' ', first - SHOWN / 2) + 1 || first;
  const moved = marks.map(([begin, end]) => [begin - cut + 1, end - cut + 1] as const);
  return pieces(`…${snippet.slice(cut)}`, moved);
}

/** Where a name has each of the words, in any order; `null` when it has not all of them. */
export function marksOf(name: string, text: string): [number, number][] | null {
  const lower = name.toLocaleLowerCase();
  if (lower.length !== name.length) {
    // A letter changed its length: the places would be wrong.
    return lower.includes(text.trim().toLocaleLowerCase()) ? [] : null;
  }
  const marks: [number, number][] = [];
  for (const word of text.toLocaleLowerCase().split(/\s+/).filter(Boolean)) {
    const begin = lower.indexOf(word);
    if (begin < 0) {
      return null;
    }
    marks.push([begin, begin + word.length]);
  }
  return marks;
}

/** Sessions of a list whose names have the words. */
export function namesIn(sessions: readonly Session[], text: string): IFound[] {
  return sessions.flatMap(session => {
    const marks = marksOf(session.name, text);
    return marks
      ? [
          {
            key: `n-${session.id}`,
            project: session.project_id,
            projectName: '',
            session: session.id,
            name: pieces(session.name, marks),
            seq: null,
            hit: null
          }
        ]
      : [];
  });
}

/** Places that the server has found; `everywhere`: in all projects, so that theirs is named. */
export function placesIn(hits: readonly Hit[], text: string, everywhere: boolean): IFound[] {
  return hits.map((hit, index) => ({
    key: `h-${index}-${hit.session_id}-${hit.seq ?? ''}`,
    project: hit.project_id,
    projectName: everywhere ? hit.project : '',
    session: hit.session_id,
    name: pieces(hit.session, hit.kind === 'name' ? (marksOf(hit.session, text) ?? []) : []),
    seq: hit.seq,
    hit
  }));
}
