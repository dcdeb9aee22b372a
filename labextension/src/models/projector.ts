import type { Event } from '../api/schema';
import type { Live } from '../api/unions';
import { callKey, patchCall } from './calls';
import type { Entry, IActiveRun, ICall, IFork, IQueued } from './entries';
import { foldBehind, foldKey, isEmpty, unfolded } from './lines';
import { landmarksOf, notePin } from './landmarks';
import { type ILandmarks, type ILog, type IStart, newLog, NO_START } from './log';
import type { Pages } from './pages';
import { project } from './projection';
import { inOrder } from './queue';
import { type ITail, NO_TAIL, spliced, tailAfterEvent, tailAfterLive, tailEntries } from './tail';

/** Keeps what the loaded part of a log amounts to, together with what is live. */
export class Projector {
  /** What goes on now, when the log does not tell it. */
  start: IStart = NO_START;

  constructor(private readonly _pages: Pages) {}

  get queue(): readonly IQueued[] {
    return this._log.queue;
  }

  get run(): IActiveRun | null {
    return this._log.run;
  }

  get tail(): ITail {
    return this._tail;
  }

  /** What counts for the whole log is known now. */
  know(landmarks: ILandmarks): void {
    this._pins = new Set(landmarks.pins);
    this._pages.know(landmarks.forks);
  }

  /** Project all that is loaded. `live`: what goes on now is known already, and stays. */
  all(live: boolean, detached: boolean): void {
    const { run, queue } = this._log;
    const { events } = this._pages;
    const log = newLog(live ? { run, queue } : this.start, this._pins ?? landmarksOf(events).pins);
    for (const event of events) {
      if (event.type !== 'message.pinned') {
        project(log, event, this._keys);
      }
    }
    foldLeft(log, this._pages);
    const now = live ? { run, queue } : detached ? this.start : log;
    log.run = now.run;
    log.queue = now.queue;
    this._liveCalls.forEach((patch, id) => patchCall(log, id, patch));
    this._log = log;
  }

  /** The next event of the log; `aside` when what lies before it is not loaded. */
  event(event: Event, aside: boolean): void {
    const { tail, key } = tailAfterEvent(this._tail, event);
    this._tail = tail;
    if (event.type === 'tool.returned') {
      this._liveCalls.delete(callKey(event.run_id, event.data.call_id));
    }
    if (event.type === 'message.pinned') {
      notePin(this._pins, event);
    }
    if (aside) {
      const other: ILog = newLog({ run: this._log.run, queue: this._log.queue });
      project(other, event);
      this._log.run = other.run;
      this._log.queue = other.queue;
      return;
    }
    if (key) {
      this._keys.set(event.seq, key);
    }
    project(this._log, event, this._keys);
  }

  live(live: Live): void {
    this._tail = tailAfterLive(this._tail, live);
    if (live.type === 'call.state') {
      this._patch(callKey(live.run_id, live.call_id), { status: live.state });
    } else if (live.type === 'terminal.delta') {
      const id = callKey(live.run_id, live.call_id);
      const text = this._liveCalls.get(id)?.liveText ?? '';
      this._patch(id, { liveText: spliced(text, live.offset, live.text) });
    }
  }

  /** Put the queue in order before the server says so. */
  order(ids: readonly string[]): void {
    this._log.queue = inOrder(this._log.queue, ids);
  }

  /** The entries to show. `detached`: the log goes on below. */
  entries(isOpen: (key: string) => boolean, detached: boolean): Entry[] {
    const shown = unfolded(this._log.entries, isOpen).filter(entry => !isEmpty(entry));
    return detached ? shown : [...shown, ...tailEntries(this._tail, this._pages.hi + 1)];
  }

  /** Name of the entry that shows an event, and of the call in it. */
  whereIs(seq: number, entries: readonly Entry[]): { key: string; call: string | null } | null {
    const event = this._pages.find(seq);
    const data: object | undefined = event?.data;
    const call = data && 'call_id' in data && typeof data.call_id === 'string' ? data.call_id : null;
    const id = call === null ? null : callKey(event?.run_id ?? null, call);
    const holder =
      id === null
        ? undefined
        : entries.find(entry => entry.kind === 'calls' && entry.calls.some(each => each.id === id));
    const entry = holder ?? entries.findLast(each => each.seq <= seq && each.kind !== 'end') ?? entries[0];
    return entry ? { key: entry.key, call: holder ? id : null } : null;
  }

  private _patch(id: string, patch: Partial<ICall>): void {
    this._liveCalls.set(id, { ...this._liveCalls.get(id), ...patch });
    patchCall(this._log, id, patch);
  }

  private _log: ILog = newLog();
  private _tail: ITail = NO_TAIL;
  /** Messages that are pinned; `null` while only the loaded part of the log tells. */
  private _pins: Set<number> | null = null;
  private _keys = new Map<number, string>();
  private _liveCalls = new Map<string, Partial<ICall>>();
}

/** Fold what was left, where the event that says so lies below what is loaded. */
function foldLeft(log: ILog, pages: Pages): void {
  const below = (fork: IFork) => fork.until > pages.hi && fork.after < pages.hi;
  for (const fork of pages.forks.filter(below)) {
    const ts = pages.events.at(-1)?.ts ?? '';
    foldBehind(log, fork, { key: foldKey(fork), seq: fork.after + 1, ts, runId: null });
  }
}
