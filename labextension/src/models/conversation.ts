import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { listEvents } from '../api/events';
import { ApiError } from '../api/request';
import type { Event, Session } from '../api/schema';
import { getSession } from '../api/sessions';
import { Acts } from './acts';
import { Blobs } from './blobs';
import type { Entry, IActiveRun, IEarlierEntry, IQueued } from './entries';
import { foldKey } from './lines';
import { Observable } from './observable';
import type { PlaceKeeper } from './place';
import type { Projector } from './projector';
import type { SessionsModel } from './sessions';
import { readStart } from './start';
import type { ITail } from './tail';
import { LogWindow } from './window';

/** An entry of the log to show. */
export interface ITarget {
  readonly key: string;
  /** It was asked for as a place: it is marked, and gets the focus. */
  readonly found: boolean;
}

/** A message that is being edited in place: one of the log, or one that waits. */
export interface IEditing {
  /** Key of the entry, or id of the run. */
  readonly key: string;
  text: string;
}

/** One session's conversation: a window onto its log, extended on demand, and what is live. */
export class ConversationModel extends Observable {
  /** What a person does here. */
  readonly acts: Acts;

  constructor(
    private readonly _settings: ServerConnection.ISettings,
    readonly sessions: SessionsModel,
    readonly id: string,
    readonly place: PlaceKeeper
  ) {
    super();
    this.acts = new Acts(_settings, sessions.project, id);
    this._blobs = new Blobs(_settings, sessions.project, () => this.notify());
    this._window = new LogWindow(
      async query => (await listEvents(_settings, sessions.project, id, query)).items,
      fork => this.isOpen(foldKey(fork), false),
      () => this._refresh()
    );
    this._projector = this._window.projector;
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
    return this._projector.queue;
  }

  get run(): IActiveRun | null {
    return this._projector.run;
  }

  get tail(): ITail {
    return this._projector.tail;
  }

  /** Something runs or waits: earlier messages cannot be edited now. */
  get isBusy(): boolean {
    return this.run !== null || this.queue.length > 0;
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
    return this._window.hasBefore;
  }

  /** The log goes on below what is loaded. */
  get hasAfter(): boolean {
    return this._window.hasAfter;
  }

  /** Every event that arrives live, for announcements. */
  get happened(): ISignal<this, Event> {
    return this._happened;
  }

  /** A place was asked for: show it. */
  get jumped(): ISignal<this, ITarget> {
    return this._jumped;
  }

  /** The place that was asked for last and is not shown yet. */
  get target(): ITarget | null {
    return this._target;
  }

  /** A place was asked for, and is looked for or about to be shown. */
  get isSeeking(): boolean {
    return this._wanted !== null || this._target !== null;
  }

  /** The message that is being edited in place. */
  get editing(): IEditing | null {
    return this._editing;
  }

  set editing(editing: IEditing | null) {
    this._editing = editing;
    this.notify();
  }

  async load(): Promise<void> {
    try {
      const [session] = await Promise.all([
        getSession(this._settings, this.project, this.id),
        this.sessions.ensure(),
        this._kept ?? this.place.load()
      ]);
      this._kept = Promise.resolve();
      this._projector.start = await readStart(this._settings, session);
      await this._window.first(session.last_seq, this._wanted ?? this.place.value.anchor?.seq);
      this._follow();
      this._state = 'ready';
      this._refresh();
      await this._look();
    } catch (error) {
      const gone = error instanceof ApiError && error.status === 404;
      this._fail(gone ? 'gone' : 'failed', error instanceof ApiError ? error.message : '');
    }
  }

  /** Load the page above; its entries come before the others. */
  loadBefore(): Promise<void> {
    return this._window.above();
  }

  /** Load the page below, when the view is detached from the end. */
  loadAfter(): Promise<void> {
    return this._window.below();
  }

  /** Show the last page, whatever is loaded now. */
  async loadEnd(): Promise<void> {
    if (this.hasAfter) {
      await this._window.end();
    }
  }

  /** Bring an entry that is loaded into view. */
  show(key: string): void {
    this._aim({ key, found: false });
  }

  /** Show the place of an event, whatever is loaded now; it is unfolded where it lies in folds. */
  async goTo(seq: number): Promise<void> {
    this._wanted = seq;
    if (this._state === 'ready') {
      await this._look();
    }
  }

  /** The place that was asked for is shown. */
  reached(target: ITarget): void {
    if (this._target === target) {
      this._target = null;
    }
  }

  /** All of an earlier version is loaded. */
  isWhole(entry: IEarlierEntry): boolean {
    return this._window.pages.isWhole(entry);
  }

  /** Put the messages that wait in this order; when that fails they go back. */
  async order(ids: readonly string[]): Promise<void> {
    if (this._ordering === null) {
      this._ordered = this.queue.map(each => each.runId);
    }
    this._ordering = ids;
    this._projector.order(ids);
    this.notify();
    const last = () => this._ordering === ids;
    try {
      await this.acts.order(ids);
      this._ordered = ids;
    } catch (error) {
      if (last()) {
        this._projector.order(this._ordered);
        this.notify();
      }
      throw error;
    } finally {
      this._ordering = last() ? null : this._ordering;
    }
  }

  setModel(model: string): Promise<void> {
    return this.sessions.update(this.id, { model });
  }

  /** Text of a blob; `null` until it was read. */
  blob(sha256: string): string | null {
    return this._blobs.text(sha256);
  }

  /** Why it cannot be read; tried again by itself. */
  blobFailure(sha256: string): string | null {
    return this._blobs.failure(sha256);
  }

  /** Whether what has this key is unfolded, unless the person decided otherwise. */
  isOpen(key: string, otherwise: boolean): boolean {
    return this.place.value.folds[key] ?? otherwise;
  }

  setOpen(key: string, open: boolean): void {
    this.place.set({ folds: { ...this.place.value.folds, [key]: open } });
    this._refresh();
    const fork = this._window.pages.forks.find(each => foldKey(each) === key);
    if (fork && open) {
      void this._window.fill(fork);
    }
  }

  override dispose(): void {
    this._following?.dispose();
    this.place.flush();
    super.dispose();
  }

  /** Load what the place that was asked for needs, and say where it is. */
  private async _look(): Promise<void> {
    const seq = this._wanted;
    if (seq === null) {
      return;
    }
    this._wanted = null;
    await this._window.around(seq);
    for (const fork of this._window.pages.around(seq)) {
      this.setOpen(foldKey(fork), true);
    }
    const found = this._projector.whereIs(seq, this._entries);
    if (found) {
      if (found.call) {
        this.setOpen(found.call, true);
      }
      this._aim({ key: found.key, found: true });
    }
  }

  private _aim(target: ITarget): void {
    this._target = target;
    this._jumped.emit(target);
    this.notify();
  }

  private _follow(): void {
    this._following?.dispose();
    this._following = this.sessions.socket.follow(this.id, this._window.last, {
      event: event => {
        this._window.take(event);
        if (this._ordering !== null) {
          // What the server tells of an earlier order would undo a later one until that is saved.
          this._projector.order(this._ordering);
        }
        this._schedule();
        this._happened.emit(event);
      },
      live: live => {
        this._projector.live(live);
        this._schedule();
      },
      gone: () => this._fail('gone', '')
    });
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
    this._entries = this._projector.entries(key => this.isOpen(key, false), this.hasAfter);
    this.notify();
  }

  private _state: ConversationModel['state'] = 'loading';
  private _error = '';
  private _window: LogWindow;
  private _projector: Projector;
  private _entries: readonly Entry[] = [];
  private _editing: IEditing | null = null;
  private _wanted: number | null = null;
  private _target: ITarget | null = null;
  private _blobs: Blobs;
  /** The order of the messages that wait as it was saved last, and as it is being saved. */
  private _ordered: readonly string[] = [];
  private _ordering: readonly string[] | null = null;
  private _scheduled = false;
  private _kept: Promise<void> | null = null;
  private _following: IDisposable | null = null;
  private _jumped = new Signal<this, ITarget>(this);
  private _happened = new Signal<this, Event>(this);
}
