import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';

import { getProject } from '../api/projects';
import { ApiError, messageOf } from '../api/request';
import type { Event, Undone, Version } from '../api/schema';
import type { Live } from '../api/unions';
import { listVersions, nameVersion, restoreVersion, undoVersion } from '../api/versions';
import { Observable } from './observable';
import type { EventSocket } from './socket';
import { extended, type IVersionPages, patched, refreshed } from './versionPages';

/** Versions of a page. */
const PAGE = 100;

/** Which notebook is looked at, and on which branch. */
export interface IHistoryPlace {
  readonly project: string;
  /** Path below the project, without the folder of a branch. */
  readonly notebook: string;
  readonly branch: string;
}

/** The history of a notebook on a branch: its own versions, then those of what it was made from. */
export class HistoryModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _socket: EventSocket,
    readonly place: IHistoryPlace
  ) {
    super();
  }

  /** Newest first. */
  get versions(): readonly Version[] {
    return this._pages.versions;
  }

  /** What the notebook holds now. */
  get newest(): Version | undefined {
    return this.versions[0];
  }

  /** Whether the versions were read at least once. */
  get loaded(): boolean {
    return this._loaded;
  }

  /** Why they cannot be read; empty when the server does not answer. */
  get error(): string | null {
    return this._error;
  }

  /** There are older ones, which were not read yet. */
  get more(): boolean {
    return this._pages.next !== null;
  }

  /** Follow what happens to the notebook, or stop to. */
  watch(on: boolean): void {
    if (on === this._watched) {
      return;
    }
    this._watched = on;
    if (on) {
      void this.refresh();
    } else {
      this._following?.dispose();
      this._following = null;
    }
  }

  /** Read the newest versions again; once more when there is a newer one meanwhile. */
  refresh(): Promise<void> {
    this._again = this._refreshing !== null;
    this._refreshing ??= this._refresh().finally(() => {
      this._refreshing = null;
    });
    return this._refreshing;
  }

  /** Read the next older versions. */
  async fetchMore(): Promise<void> {
    const { next } = this._pages;
    if (next === null || this._extending) {
      return;
    }
    this._extending = true;
    await this._reading(async () => {
      const page = await this._read(next);
      this._pages = extended(this._pages, page);
    });
    this._extending = false;
  }

  async name(id: number, name: string | null): Promise<void> {
    this._patch(id, await nameVersion(this._settings, this.place.project, id, name));
  }

  /** Make a version of the branch the newest again; answers with the new one. */
  async restore(version: Version): Promise<Version> {
    const { project, notebook } = this.place;
    const restored = await restoreVersion(this._settings, project, version.id, notebook);
    void this.refresh();
    return restored;
  }

  async undo(id: number): Promise<Undone> {
    const undone = await undoVersion(this._settings, this.place.project, id);
    void this.refresh();
    return undone;
  }

  override dispose(): void {
    this.watch(false);
    super.dispose();
  }

  private async _refresh(): Promise<void> {
    await this._reading(async () => {
      await this._follow();
      const page = await this._read();
      this._pages = refreshed(this._pages, page);
      this._loaded = true;
    });
    if (this._again && !this.isDisposed) {
      this._again = false;
      await this._refresh();
    }
  }

  private _read(after?: string) {
    const { project, notebook, branch } = this.place;
    return listVersions(this._settings, project, { notebook, branch, after, limit: PAGE });
  }

  private async _reading(read: () => Promise<void>): Promise<void> {
    try {
      await read();
      this._error = null;
    } catch (error) {
      this._error = error instanceof ApiError ? messageOf(error) : '';
    }
    this.notify();
  }

  private async _follow(): Promise<void> {
    if (!this._wantsFollower()) {
      return;
    }
    const { last_seq } = await getProject(this._settings, this.place.project);
    if (this._wantsFollower()) {
      let first = true;
      this._following = this._socket.follow(this.place.project, last_seq, {
        event: event => this._onEvent(event),
        live: live => this._onLive(live),
        ready: () => {
          // Versions may have been missed while there was no connection.
          if (!first) {
            void this.refresh();
          }
          first = false;
        }
      });
    }
  }

  private _wantsFollower(): boolean {
    return this._watched && this._following === null;
  }

  private _onEvent(event: Event): void {
    if (event.type === 'operation.undone') {
      const { operation, redo } = event.data;
      this._patch(operation, { undone: !redo });
    }
  }

  private _onLive(live: Live): void {
    if (live.type === 'version.added' && live.branch === this.place.branch) {
      void this.refresh();
    }
  }

  private _patch(id: number, patch: Partial<Version>): void {
    this._pages = patched(this._pages, id, patch);
    // What is being read now may be older than this.
    this._again = this._refreshing !== null;
    this.notify();
  }

  private _pages: IVersionPages = { versions: [], next: null };
  private _loaded = false;
  private _error: string | null = null;
  private _watched = false;
  private _refreshing: Promise<void> | null = null;
  private _extending = false;
  private _again = false;
  private _following: IDisposable | null = null;
}
