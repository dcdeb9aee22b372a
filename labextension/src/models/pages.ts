import type { Event } from '../api/schema';
import type { IFork } from './entries';

export const PAGE = 200;
/** Events of one stretch that was left which are read at most when it is opened. */
export const MOST_FOLDED = 2000;

/** Which page to ask for. */
export interface IPageQuery {
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
  /** Kinds of events, separated by commas; all when left out. */
  readonly types?: string;
}

/**
 * The events of a log that are loaded, ascending.
 *
 * They have no gap but within stretches that were left (forks): those are passed over while they are
 * folded and long, so that a page shows something.
 */
export class Pages {
  get events(): readonly Event[] {
    return this._events;
  }

  /** First and last event that are loaded. */
  get lo(): number {
    return this._events[0]?.seq ?? 1;
  }

  get hi(): number {
    return this._events.at(-1)?.seq ?? 0;
  }

  /** Stretches that were left, in the order in which that happened. */
  get forks(): readonly IFork[] {
    return this._forks;
  }

  /** Use these events instead of what is loaded. */
  replace(events: readonly Event[]): void {
    this._events = [];
    this.add(events);
  }

  /** Take more events: those that are there already stay. */
  add(events: readonly Event[]): void {
    const known = new Map([...this._events, ...events].map(event => [event.seq, event]));
    this._events = [...known.values()].sort((a, b) => a.seq - b.seq);
    this.know(forksOf(events));
  }

  /** Take the event that comes next. */
  push(event: Event): void {
    this._events.push(event);
    this.know(forksOf([event]));
  }

  /** Stretches that were left, wherever the log says so. */
  know(forks: readonly IFork[]): void {
    const fresh = forks.filter(fork => !this._forks.some(each => each.until === fork.until));
    if (fresh.length > 0) {
      this._forks = [...this._forks, ...fresh].sort((a, b) => a.until - b.until);
    }
  }

  /** The page above; `null` when there is none. */
  above(isOpen: (fork: IFork) => boolean): IPageQuery | null {
    let before = this.lo;
    for (const fork of [...this._forks].reverse()) {
      const inside = fork.after < before - 1 && before <= fork.until;
      if (inside && before - fork.after > PAGE && !isOpen(fork)) {
        before = fork.after + 1;
      }
    }
    return before > 1 ? { before, limit: PAGE } : null;
  }

  /** The page below `hi`; `null` when that is the last event. */
  below(last: number, isOpen: (fork: IFork) => boolean): IPageQuery | null {
    let after = this.hi;
    for (const fork of this._forks) {
      const inside = fork.after <= after && after < fork.until - 1;
      if (inside && fork.until - after > PAGE && !isOpen(fork)) {
        after = fork.until - 1;
      }
    }
    return after < last ? { after, limit: PAGE } : null;
  }

  /** The innermost stretches first: those that hold this event. */
  around(seq: number): IFork[] {
    return this._forks.filter(fork => fork.after < seq && seq < fork.until);
  }

  has(seq: number): boolean {
    return this.find(seq) !== undefined;
  }

  find(seq: number): Event | undefined {
    let low = 0;
    let high = this._events.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const event = this._events[middle];
      if (event === undefined || event.seq === seq) {
        return event;
      }
      if (event.seq < seq) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return undefined;
  }

  /** The newest part of a stretch that is not loaded; `null` when all of it is, or as much as is read at most. */
  missing(fork: IFork): IPageQuery | null {
    let before = fork.until;
    while (before - 1 > fork.after && this.has(before - 1)) {
      before -= 1;
    }
    const full = before - 1 <= fork.after || fork.until - before >= MOST_FOLDED;
    return full ? null : { after: fork.after, before, limit: 1000 };
  }

  /** Whether all of a stretch is loaded. */
  isWhole(fork: IFork): boolean {
    for (let seq = fork.until - 1; seq > fork.after; seq -= 1) {
      if (!this.has(seq)) {
        return false;
      }
    }
    return true;
  }

  private _events: Event[] = [];
  private _forks: readonly IFork[] = [];
}

/** The stretches that were left, as events say it. */
export function forksOf(events: readonly Event[]): IFork[] {
  return events.flatMap(event =>
    event.type === 'line.forked' ? [{ after: event.data.after, until: event.seq }] : []
  );
}
