import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { listEvents } from '../api/events';
import { getRun, interruptRun, sendMessage, withdrawRun } from '../api/runs';
import { ApiError } from '../api/request';
import type { Event, Session } from '../api/schema';
import { getSession } from '../api/sessions';
import type { Live } from '../api/unions';
import type { Entry, IActiveRun, ICall, IQueued } from './entries';
import { Blobs } from './blobs';
import { Observable } from './observable';
import type { PlaceKeeper } from './place';
import { callKey, type ILog, type IStart, newLog, patchCall, project } from './projection';
import type { SessionsModel } from './sessions';
import { readStart } from './start';
import { type ITail, NO_TAIL, spliced, tailAfterEvent, tailAfterLive, tailEntries } from './tail';

const PAGE = 200;
const MOST = 1000;

/** One session's conversation: a window onto its log, extended on demand, and what is live. */
export class ConversationModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    readonly sessions: SessionsModel,
    readonly id: string,
    readonly place: PlaceKeeper
  ) {
    super();
    this._blobs = new Blobs(_settings, sessions.project, () => this.notify());
    sessions.changed.connect(this._onSessions, this);
  }

  get session(): Session | undefined {
    return this.sessions.get(this.id);
  }

  get project(): string {
    return this.sessions.project;
  }

  /** `gone`: the session was deleted; `failed`: it could not be read. */
  get state(): 'loading' | 'ready' | 'gone' | 'failed' {
    return this._state;
  }

  get error(): string {
    return this._error;
  }

  get entries(): readonly Entry[] {
    return this._entries;
  }

  get queue(): readonly IQueued[] {
    return this._log.queue;
  }

  get run(): IActiveRun | null {
    return this._log.run;
  }

  get tail(): ITail {
    return this._tail;
  }

  /** A cell of this session runs now. */
  get cellRuns(): boolean {
    return this._entries.some(
      entry =>
        entry.kind === 'calls' &&
        entry.calls.some(call => call.tool === 'run_cell' && call.status === 'running')
    );
  }

  /** The log goes on above what is loaded. */
  get hasBefore(): boolean {
    return this._lo > 1;
  }

  /** The log goes on below what is loaded. */
  get hasAfter(): boolean {
    return this._hi < this._last;
  }

  /** Every event that arrives live, for announcements. */
  get happened(): ISignal<this, Event> {
    return this._happened;
  }

  /** The person has sent a message: the end is what they want to see. */
  get sent(): ISignal<this, void> {
    return this._sent;
  }

  async load(): Promise<void> {
    try {
      const [session] = await Promise.all([
        getSession(this._settings, this.project, this.id),
        this.sessions.ensure(),
        this._kept ?? this.place.load()
      ]);
      this._kept = Promise.resolve();
      this._start = await readStart(this._settings, session);
      await this._readPage(session.last_seq);
      this._following?.dispose();
      this._following = this.sessions.socket.follow(this.id, this._last, {
        event: event => this._onEvent(event),
        live: live => this._onLive(live),
        gone: () => this._fail('gone', '')
      });
      this._state = 'ready';
      this._refresh();
    } catch (error) {
      const gone = error instanceof ApiError && error.status === 404;
      this._fail(gone ? 'gone' : 'failed', error instanceof ApiError ? error.message : '');
    }
  }

  /** Load the page above; its entries come before the others. */
  loadBefore(): Promise<void> {
    return this._once(async () => {
      if (!this.hasBefore) {
        return;
      }
      const page = await this._page({ before: this._lo, limit: PAGE });
      this._take([...page, ...this._events]);
    });
  }

  /** Load the page below, when the view is detached from the end. */
  loadAfter(): Promise<void> {
    return this._once(async () => {
      if (!this.hasAfter) {
        return;
      }
      const page = await this._page({ after: this._hi, limit: PAGE });
      this._take([...this._events, ...page]);
    });
  }

  /** Show the last page, whatever is loaded now. */
  async loadEnd(): Promise<void> {
    if (!this.hasAfter) {
      return;
    }
    await this._once(async () => this._take(await this._page({ before: this._last + 1, limit: PAGE })));
  }

  async send(text: string, options: { model?: string | null; notebook?: string | null }): Promise<void> {
    const { model, notebook } = options;
    const body = { text, ...(model ? { model } : {}), ...(notebook ? { notebook } : {}) };
    // One at a time: they arrive in the order in which they were sent.
    const sending = this._sending.then(() => sendMessage(this._settings, this.project, this.id, body));
    this._sending = sending.then(nothing, nothing);
    await sending;
    this._sent.emit();
  }

  /** Send the message of a run that failed once more. */
  async retry(runId: string, notebook: string | null, model: string | null = null): Promise<void> {
    const run = await getRun(this._settings, this.project, runId);
    await this.send(run.prompt, { model: model ?? run.model, notebook });
  }

  interrupt(kernel: boolean): Promise<void> {
    return interruptRun(this._settings, this.project, this.id, kernel);
  }

  withdraw(runId: string): Promise<void> {
    return withdrawRun(this._settings, this.project, runId);
  }

  setModel(model: string): Promise<void> {
    return this.sessions.update(this.id, { model });
  }

  /** Text of a blob; `null` until it was read. */
  blob(sha256: string): string | null {
    return this._blobs.text(sha256);
  }

  /** Whether what has this key is unfolded, unless the person decided otherwise. */
  isOpen(key: string, otherwise: boolean): boolean {
    return this.place.value.folds[key] ?? otherwise;
  }

  setOpen(key: string, open: boolean): void {
    this.place.set({ folds: { ...this.place.value.folds, [key]: open } });
    this.notify();
  }

  override dispose(): void {
    this._following?.dispose();
    this.place.flush();
    super.dispose();
  }

  private async _readPage(last: number): Promise<void> {
    this._last = last;
    const seq = this.place.value.anchor?.seq;
    const behind = seq === undefined ? 0 : last - seq;
    const far = behind > MOST - PAGE / 2;
    const page = await this._page(
      far
        ? { after: Math.max(0, (seq ?? 0) - PAGE / 2), limit: PAGE }
        : { before: last + 1, limit: Math.min(MOST, Math.max(PAGE, behind + PAGE / 2)) }
    );
    this._take(page);
  }

  private async _page(page: { after?: number; before?: number; limit: number }): Promise<Event[]> {
    return (await listEvents(this._settings, this.project, this.id, page)).items;
  }

  /** Let the log be these events, ascending and without a gap. */
  private _take(events: Event[]): void {
    // Live events may have come while a page was read.
    this._events = events.filter((event, index) => event.seq > (events[index - 1]?.seq ?? 0));
    this._lo = events[0]?.seq ?? 1;
    this._hi = this._events.at(-1)?.seq ?? this._last;
    this._last = Math.max(this._last, this._hi);
    const { run, queue } = this._log;
    this._log = newLog(this._state === 'ready' ? { run, queue } : this._start);
    for (const event of this._events) {
      project(this._log, event, this._keys);
    }
    if (this._state === 'ready') {
      this._log.run = run;
      this._log.queue = queue;
    } else if (this.hasAfter) {
      // What goes on now is not told by a page of the past.
      this._log.run = this._start.run;
      this._log.queue = [...this._start.queue];
    }
    this._liveCalls.forEach((patch, id) => patchCall(this._log, id, patch));
    this._refresh();
  }

  private _onEvent(event: Event): void {
    const { tail, key } = tailAfterEvent(this._tail, event);
    this._tail = tail;
    this._last = event.seq;
    if (event.type === 'tool.returned') {
      this._liveCalls.delete(callKey(event.run_id, event.data.call_id));
    }
    if (event.seq === this._hi + 1) {
      if (key) {
        this._keys.set(event.seq, key);
      }
      this._events.push(event);
      this._hi = event.seq;
      project(this._log, event, this._keys);
    } else {
      // Detached from the end: only the run and the queue are kept.
      const aside: ILog = { ...newLog(), run: this._log.run, queue: this._log.queue };
      project(aside, event);
      this._log.run = aside.run;
      this._log.queue = aside.queue;
    }
    this._schedule();
    this._happened.emit(event);
  }

  private _onLive(live: Live): void {
    this._tail = tailAfterLive(this._tail, live);
    if (live.type === 'call.state') {
      this._patchLive(callKey(live.run_id, live.call_id), { status: live.state });
    } else if (live.type === 'terminal.delta') {
      const id = callKey(live.run_id, live.call_id);
      const text = this._liveCalls.get(id)?.liveText ?? '';
      this._patchLive(id, { liveText: spliced(text, live.offset, live.text) });
    }
    this._schedule();
  }

  private _patchLive(id: string, patch: Partial<ICall>): void {
    this._liveCalls.set(id, { ...this._liveCalls.get(id), ...patch });
    patchCall(this._log, id, patch);
  }

  private _onSessions(): void {
    if (this._state === 'ready' && this.sessions.loaded && !this.session) {
      this._fail('gone', '');
    } else if (this._state === 'failed' && this.session) {
      this._state = 'loading';
      void this.load();
    } else {
      this.notify();
    }
  }

  private _fail(state: 'gone' | 'failed', error: string): void {
    this._state = state;
    this._error = error;
    this.notify();
  }

  /** Run one loading of a page at a time; another asked for meanwhile is left out. */
  private async _once(load: () => Promise<void>): Promise<void> {
    if (this._busy) {
      return;
    }
    this._busy = true;
    try {
      await load();
    } catch (error) {
      console.warn('jupyter-sessions: a page of the log could not be read', error);
    } finally {
      this._busy = false;
    }
  }

  /** Show what has come at the next frame. */
  private _schedule(): void {
    if (this._scheduled) {
      return;
    }
    this._scheduled = true;
    const show = () => {
      this._scheduled = false;
      this._refresh();
    };
    if (document.hidden) {
      window.setTimeout(show, 250);
    } else {
      window.requestAnimationFrame(show);
    }
  }

  private _refresh(): void {
    const shown = this._log.entries.filter(
      entry => entry.kind !== 'calls' || entry.calls.some(call => !call.hidden)
    );
    this._entries = this.hasAfter ? shown : [...shown, ...tailEntries(this._tail, this._hi + 1)];
    this.notify();
  }

  private _state: ConversationModel['state'] = 'loading';
  private _error = '';
  private _start: IStart = { run: null, queue: [] };
  private _log: ILog = newLog();
  private _tail: ITail = NO_TAIL;
  private _events: Event[] = [];
  private _entries: readonly Entry[] = [];
  private _keys = new Map<number, string>();
  private _liveCalls = new Map<string, Partial<ICall>>();
  private _blobs: Blobs;
  private _lo = 1;
  private _hi = 0;
  private _last = 0;
  private _busy = false;
  private _scheduled = false;
  private _kept: Promise<void> | null = null;
  private _following: IDisposable | null = null;
  private _sending: Promise<void> = Promise.resolve();
  private _sent = new Signal<this, void>(this);
  private _happened = new Signal<this, Event>(this);
}

function nothing(): void {}
