import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { addBranch, listBranches, openNotebook, removeBranch, updateBranch } from '../api/branches';
import { getProject } from '../api/projects';
import { messageOf } from '../api/request';
import type { Branch, BranchPatch, Event, NewBranch, VersionAdded } from '../api/schema';
import { Observable } from './observable';
import type { EventSocket } from './socket';

/** Id of the branch that is the files as they lie in the project's folder; also its name. */
export const MAIN = 'main';

/** A notebook on a branch. */
export interface IPlace {
  readonly branch: string;
  /** Path below the project, without the branch's folder. */
  readonly notebook: string;
}

/** The branches of one project, kept up to date from the project's stream. */
export class BranchesModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _socket: EventSocket,
    readonly project: string,
    /** The project's folder, as the contents API names it. */
    private readonly _root: () => string
  ) {
    super();
  }

  /** All of them, main first, the deleted ones too. */
  get items(): readonly Branch[] {
    return this._items;
  }

  /** Branches met: a notebook may have another's kernel now. */
  get converged(): ISignal<this, void> {
    return this._converged;
  }

  /** Whether the list was read at least once. */
  get loaded(): boolean {
    return this._loaded;
  }

  /** Why the list could not be read. */
  get error(): string | null {
    return this._error;
  }

  /** A notebook has a new version on a branch. */
  get versionAdded(): ISignal<this, VersionAdded> {
    return this._versionAdded;
  }

  get(id: string): Branch | undefined {
    return this._items.find(each => each.id === id);
  }

  /** Name of a branch; `…` until it is known. */
  nameOf(id: string): string {
    return this.get(id)?.name ?? (id === MAIN ? MAIN : '…');
  }

  /** Which notebook on which branch a path of the contents API is; `null` when it lies elsewhere. */
  branchOf(path: string): IPlace | null {
    const root = this._root();
    if (root !== '' && !path.startsWith(root + '/')) {
      return null;
    }
    const parts = (root === '' ? path : path.slice(root.length + 1)).split('/');
    for (let count = parts.length - 1; count > 0; count -= 1) {
      const branch = this._folders.get(parts.slice(0, count).join('/'));
      if (branch !== undefined) {
        return { branch, notebook: parts.slice(count).join('/') };
      }
    }
    return { branch: MAIN, notebook: parts.join('/') };
  }

  /** Path of the contents API of a notebook on a branch; `null` when there is no such branch. */
  fileOf(branch: string, notebook: string): string | null {
    const folder = branch === MAIN ? '' : this.get(branch)?.folder;
    return folder === undefined
      ? null
      : [this._root(), folder, notebook].filter(part => part !== '').join('/');
  }

  /** Where a notebook of a branch is after a file or a folder was renamed; `null`: where it was. */
  moved({ branch, notebook }: IPlace, from: string, to: string): IPlace | null {
    const file = this.fileOf(branch, notebook);
    const below = file?.startsWith(from + '/') ? file.slice(from.length) : '';
    return file === from || below !== '' ? this.branchOf(to + below) : null;
  }

  /** Have a notebook of a branch as a file: its path of the contents API. */
  async open(branch: string, notebook: string): Promise<string> {
    return (await openNotebook(this._settings, this.project, branch, notebook)).path;
  }

  /** Read the list and follow it; does nothing when that is done already. */
  ensure(): Promise<void> {
    return this._loaded ? Promise.resolve() : this.load();
  }

  /** Read the list anew; once more when something changes while it is read. */
  load(): Promise<void> {
    if (this._loading) {
      this._again = true;
    }
    this._loading ??= this._load().finally(() => {
      this._loading = null;
    });
    return this._loading;
  }

  async add(body: Partial<NewBranch> & { name: string }): Promise<Branch> {
    return this._put(await addBranch(this._settings, this.project, body));
  }

  async update(id: string, patch: Partial<BranchPatch>): Promise<Branch> {
    return this._put(await updateBranch(this._settings, this.project, id, patch));
  }

  /** Delete a branch; its status brings it back. */
  async remove(id: string): Promise<void> {
    await removeBranch(this._settings, this.project, id);
    this._patch(id, { status: 'deleted' });
  }

  override dispose(): void {
    this._following?.dispose();
    super.dispose();
  }

  private async _load(): Promise<void> {
    this._again = false;
    try {
      await this._follow();
      this._set(await listBranches(this._settings, this.project));
      this._loaded = true;
      this._error = null;
    } catch (error) {
      this._error = messageOf(error);
    }
    this.notify();
    if (this._mustLoadAgain()) {
      await this._load();
    }
  }

  private _mustLoadAgain(): boolean {
    return this._again && !this.isDisposed;
  }

  /** Followed before the list is read: nothing that changes meanwhile is missed. */
  private async _follow(): Promise<void> {
    if (this._following) {
      return;
    }
    const { last_seq } = await getProject(this._settings, this.project);
    if (this.isDisposed) {
      return;
    }
    let connected = false;
    this._following ??= this._socket.follow(this.project, last_seq, {
      event: event => this._onEvent(event),
      live: live => {
        if (live.type === 'version.added') {
          this._versionAdded.emit(live);
        }
      },
      ready: () => {
        if (connected) {
          void this.load();
        }
        connected = true;
      }
    });
  }

  private _onEvent(event: Event): void {
    if (event.type === 'branch.changed') {
      const { branch, name, status } = event.data;
      this._patch(branch, { name, status });
    }
    if (event.type === 'branch.changed' || event.type === 'branch.created') {
      void this.load();
    }
    if (event.type === 'branch.converged') {
      this._converged.emit();
    }
  }

  private _patch(id: string, patch: Partial<Branch>): void {
    const branch = this.get(id);
    if (branch) {
      this._put({ ...branch, ...patch });
    }
  }

  private _put(branch: Branch): Branch {
    const known = this._items.some(each => each.id === branch.id);
    this._set(
      known ? this._items.map(each => (each.id === branch.id ? branch : each)) : [...this._items, branch]
    );
    this.notify();
    return branch;
  }

  private _set(items: readonly Branch[]): void {
    this._items = items;
    this._folders = new Map(items.flatMap(each => (each.folder ? [[each.folder, each.id]] : [])));
  }

  private _items: readonly Branch[] = [];
  /** Ids by folder. */
  private _folders = new Map<string, string>();
  private _loaded = false;
  private _loading: Promise<void> | null = null;
  private _again = false;
  private _error: string | null = null;
  private _following: IDisposable | null = null;
  private _converged = new Signal<this, void>(this);
  private _versionAdded = new Signal<this, VersionAdded>(this);
}
