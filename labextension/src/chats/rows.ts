/** Height of a session in the list. */
export const ROW = 44;
/** Height of the line above the archived sessions. */
export const HEADING = 32;
/** Pixels drawn above and below the view. */
const MORE = 6 * ROW;

/** What the list is made of: sessions, then a heading, then archived sessions when it is open. */
export interface ILayout {
  readonly sessions: number;
  readonly heading: boolean;
  /** Archived sessions below the heading. */
  readonly archived: number;
}

export interface IView {
  readonly top: number;
  readonly height: number;
}

export function countOf({ sessions, heading, archived }: ILayout): number {
  return sessions + (heading ? 1 : 0) + archived;
}

/** Where the row at this index begins; also one behind the last. */
export function topOf(layout: ILayout, index: number): number {
  const below = layout.heading && index > layout.sessions;
  return below ? (index - 1) * ROW + HEADING : index * ROW;
}

/** The first row that is drawn for this view, and one behind the last. */
export function rangeOf(layout: ILayout, { top, height }: IView): { start: number; end: number } {
  const count = countOf(layout);
  const start = Math.max(0, Math.floor((top - MORE) / ROW));
  const end = Math.ceil((top + height + MORE) / ROW) + 1;
  return { start: Math.min(start, count), end: Math.min(end, count) };
}

/** Scroll position from which the row at this index is seen whole, as near as can be. */
export function scrolledTo(layout: ILayout, index: number, { top, height }: IView): number {
  const begin = topOf(layout, index);
  const end = topOf(layout, index + 1);
  return begin < top ? begin : end > top + height ? end - height : top;
}

/** The gap between the sessions, one of them lifted out, that is nearest to this height. */
export function gapAt(layout: ILayout, y: number): number {
  return Math.min(Math.max(0, Math.round(y / ROW)), layout.sessions);
}
