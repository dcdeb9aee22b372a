import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { getProject } from '../api/projects';
import { ApiError } from '../api/request';
import type { Event, NewSession, NotebookChanged, SaveRequested, Session, SessionPatch } from '../api/schema';
import {
  addSession,
  getSession,
  importSession,
  listSessions,
  moveSession,
  removeSession,
  updateSession
} from '../api/sessions';
import type { Live } from '../api/unions';
import { Observable } from './observable';
import { type IMove, SharedOrder } from './order';
import { type EventSocket, retryDelay } from './socket';

/** Milliseconds after which the list is read without a socket that could tell what changes. */
const PATIENCE = 1000;

/** The sessions of one project, in order, kept up to date from the project's stream. */
export class SessionsModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    readonly socket: EventSocket,
    readonly project: string
  ) {
    super();
    socket.changed.connect(this._onSocket, this);
  }

  /** All of them, the archived ones too. */
  get items(): readonly Session[] {
    return this._items;
  }

  get active(): readonly Session[] {
    return this._active;
  }

  get archived(): readonly Session[] {
    return this._archived;
  }

  /** Time of the last contact, when the server does not answer now. */
  get staleSince(): number | null {
    return this._stale ? this._seen : null;
  }

  get nextTry(): number | null {
    return this.socket.nextTry ?? this._nextLoad;
  }

  /** Whether the list was read at least once. */
  get loaded(): boolean {
    return this._loaded;
  }

  /** Why the list cannot be read, although the server answers. */
  get error(): string | null {
    return this._error;
  }

  /** Live changes of notebooks, for whoever shows them. */
  get notebookLive(): ISignal<this, NotebookChanged | SaveRequested> {
    return this._notebookLive;
  }

  /** Each event of the project's stream, as it comes. */
  get happened(): ISignal<this, Event> {
    return this._happened;
  }

  /** Each live message of the project's stream. */
  get live(): ISignal<this, Live> {
    return this._live;
  }

  /** The stream is followed, for the first time or again: live messages of before did not arrive. */
  readonly followed = new Signal<this, void>(this);

  /** The project itself was changed. */
  get projectChanged(): ISignal<this, void> {
    return this._projectChanged;
  }

  get(id: string): Session | undefined {
    return this._byId.get(id);
  }

  /** Sessions that need this one. */
  dependents(id: string): Session[] {
    return this._items.filter(each => each.dependencies.some(needed => needed.session_id === id));
  }

  /** Read the list and follow it; does nothing when that is done already. */
  ensure(): Promise<void> {
    this._loading ??= this._load();
    return this._loading;
  }

  /** Try to reach the server at once. */
  retry(): void {
    this.socket.retry();
    if (!this._loaded) {
      window.clearTimeout(this._timer);
      this._loading = this._load();
    }
  }

  async add(body: Partial<NewSession> = {}): Promise<Session> {
    const session = await addSession(this._settings, this.project, body);
    this._put(session);
    return session;
  }

  async import(file: File): Promise<Session> {
    const session = await importSession(this._settings, this.project, file);
    this._put(session);
    return session;
  }

  async update(id: string, patch: Partial<SessionPatch>): Promise<void> {
    this._put(await updateSession(this._settings, this.project, id, patch));
  }

  /** Rename a session that the person knows by the name `expected`. */
  rename(id: string, name: string, expected: string): Promise<void> {
    return this.update(id, { name, expected_name: expected });
  }

  /** Delete a session; `force` although others depend on it. */
  async remove(id: string, force = false): Promise<void> {
    await removeSession(this._settings, this.project, id, force);
    this._drop(id);
  }

  /** Move a session: seen at once, saved in the order of the moves, taken back when that fails. */
  move(move: IMove): Promise<void> {
    this._order.move(move);
    this._arrange();
    const saved = this._saving.then(() => this._saveMove());
    this._saving = saved.catch(() => undefined);
    return saved;
  }

  override dispose(): void {
    window.clearTimeout(this._timer);
    this._following?.dispose();
    super.dispose();
  }

  private async _saveMove(): Promise<void> {
    const move = this._order.next();
    if (!move) {
      // Sent with another one.
      return;
    }
    try {
      const items = await moveSession(this._settings, this.project, move.id, move.before);
      const ids = items.map(each => each.id);
      this._order.answered(move, ids, this.socket.state === 'open');
    } catch (error) {
      this._order.failed(move);
      if (error instanceof ApiError && error.status === 409) {
        this._loading = this._load();
      }
      throw error;
    } finally {
      this._arrange();
    }
  }

  private async _load(): Promise<void> {
    const meanwhile: (() => void)[] = [];
    try {
      // Followed first: nothing that changes while the list is read is missed.
      const { last_seq } = await getProject(this._settings, this.project);
      await this._follow(last_seq);
      this._meanwhile.add(meanwhile);
      const items = await listSessions(this._settings, this.project);
      this._byId = new Map(items.map(each => [each.id, each]));
      this._order.reset(items.map(each => each.id));
      meanwhile.forEach(again => again());
      this._loaded = true;
      this._tries = 0;
      this._nextLoad = null;
      this._error = null;
      this._reached();
    } catch (error) {
      this._failed(error);
    } finally {
      this._meanwhile.delete(meanwhile);
    }
    this._arrange();
  }

  private async _follow(after: number): Promise<void> {
    await new Promise<void>(resolve => {
      if (this._following || this.isDisposed) {
        resolve();
        return;
      }
      const ready = () => {
        resolve();
        this._onReady();
      };
      window.setTimeout(resolve, PATIENCE);
      this._following = this.socket.follow(this.project, after, {
        event: event => {
          this._noted(() => this._onEvent(event));
          this._happened.emit(event);
        },
        live: live => {
          this._noted(() => this._onLive(live));
          this._live.emit(live);
        },
        ready,
        refused: ready,
        gone: () => this._projectChanged.emit()
      });
    });
  }

  /** Do it now, and again over a list that is just being read. */
  private _noted(change: () => void): void {
    this._meanwhile.forEach(each => each.push(change));
    change();
  }

  private _failed(error: unknown): void {
    if (error instanceof ApiError) {
      this._error = error.message;
      this._loading = null;
      return;
    }
    this._stale = true;
    const delay = retryDelay(this._tries);
    this._tries += 1;
    this._nextLoad = Date.now() + delay;
    this._timer = window.setTimeout(() => {
      this._loading = this._load();
    }, delay);
  }

  private _onSocket(socket: EventSocket): void {
    if (socket.state === 'waiting' && !this._stale) {
      this._stale = true;
      this._seen = Date.now();
    }
    this.notify();
  }

  private _onReady(): void {
    this.followed.emit();
    if (this._stale && this._loaded) {
      this._stale = false;
      this._loading = this._load();
    }
  }

  private _onEvent(event: Event): void {
    if (event.type === 'session.deleted' && event.session_id) {
      this._drop(event.session_id);
    } else if (event.type === 'session.created' && event.session_id && !this.get(event.session_id)) {
      void this._fetch(event.session_id);
    } else if (event.type === 'project.changed') {
      this._projectChanged.emit();
    }
  }

  private _onLive(live: Live): void {
    if (live.type === 'session.state') {
      this._put(live.session);
    } else if (live.type === 'sessions.ordered') {
      this._order.set(live.ids);
      this._arrange();
    } else if (live.type === 'notebook.changed' || live.type === 'save.requested') {
      this._notebookLive.emit(live);
    }
  }

  private async _fetch(id: string): Promise<void> {
    try {
      this._put(await getSession(this._settings, this.project, id));
    } catch (error) {
      console.debug('jupyter-sessions: a new session is gone already', error);
    }
  }

  private _put(session: Session): void {
    const known = this._byId.get(session.id);
    if (known && Date.parse(known.updated_at) > Date.parse(session.updated_at)) {
      return;
    }
    this._byId.set(session.id, session);
    this._order.add(session.id);
    this._reached();
    this._arrange();
  }

  private _drop(id: string): void {
    this._byId.delete(id);
    this._order.remove(id);
    this._arrange();
  }

  private _arrange(): void {
    this._items = this._order.ids.flatMap(id => this._byId.get(id) ?? []);
    this._active = this._items.filter(each => each.archived_at === null);
    this._archived = this._items.filter(each => each.archived_at !== null);
    this.notify();
  }

  private _reached(): void {
    this._seen = Date.now();
    this._stale = false;
  }

  private _byId = new Map<string, Session>();
  private _order = new SharedOrder();
  private _items: readonly Session[] = [];
  private _active: readonly Session[] = [];
  private _archived: readonly Session[] = [];
  private _saving: Promise<void> = Promise.resolve();
  /** What changed while the list is being read, for each time that it is. */
  private readonly _meanwhile = new Set<(() => void)[]>();
  private _loaded = false;
  private _loading: Promise<void> | null = null;
  private _error: string | null = null;
  private _stale = false;
  private _seen = Date.now();
  private _tries = 0;
  private _timer = 0;
  private _nextLoad: number | null = null;
  private _following: IDisposable | null = null;
  private _notebookLive = new Signal<this, NotebookChanged | SaveRequested>(this);
  private _happened = new Signal<this, Event>(this);
  private _live = new Signal<this, Live>(this);
  private _projectChanged = new Signal<this, void>(this);
}
