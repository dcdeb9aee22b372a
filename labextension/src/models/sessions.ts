import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { getProject } from '../api/projects';
import { ApiError } from '../api/request';
import type { Event, NotebookChanged, SaveRequested, Session, SessionPatch } from '../api/schema';
import type { Live } from '../api/unions';
import { addSession, getSession, listSessions, removeSession, updateSession } from '../api/sessions';
import { Observable } from './observable';
import { type EventSocket, retryDelay } from './socket';

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

  get items(): readonly Session[] {
    return this._items;
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

  /** The project itself was changed. */
  get projectChanged(): ISignal<this, void> {
    return this._projectChanged;
  }

  get(id: string): Session | undefined {
    return this._items.find(each => each.id === id);
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

  async add(name?: string): Promise<Session> {
    const session = await addSession(this._settings, this.project, name ? { name } : {});
    this._put(session);
    return session;
  }

  async update(id: string, patch: Partial<SessionPatch>): Promise<void> {
    this._put(await updateSession(this._settings, this.project, id, patch));
  }

  async remove(id: string): Promise<void> {
    await removeSession(this._settings, this.project, id);
    this._drop(id);
  }

  override dispose(): void {
    window.clearTimeout(this._timer);
    this._following?.dispose();
    super.dispose();
  }

  private async _load(): Promise<void> {
    try {
      // The cursor first: what happens while the list is read is replayed.
      const { last_seq } = await getProject(this._settings, this.project);
      this._items = await listSessions(this._settings, this.project);
      this._loaded = true;
      this._tries = 0;
      this._nextLoad = null;
      this._error = null;
      this._reached();
      this._following ??= this.socket.follow(this.project, last_seq, {
        event: event => this._onEvent(event),
        live: live => this._onLive(live)
      });
    } catch (error) {
      this._failed(error);
    }
    this.notify();
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
    } else if (socket.state === 'open' && this._stale && this._loaded) {
      this._stale = false;
      this._loading = this._load();
    }
    this.notify();
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
    const others = this._items.filter(each => each.id !== session.id);
    this._items = [...others, session].sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
    this._reached();
    this.notify();
  }

  private _drop(id: string): void {
    this._items = this._items.filter(each => each.id !== id);
    this.notify();
  }

  private _reached(): void {
    this._seen = Date.now();
    this._stale = false;
  }

  private _items: Session[] = [];
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
  private _projectChanged = new Signal<this, void>(this);
}
