import type { ServerConnection } from '@jupyterlab/services';
import type { IStateDB } from '@jupyterlab/statedb';
import { type ISignal, Signal } from '@lumino/signaling';

import { addProject, listProjects, openExample, removeProject, updateProject } from '../api/projects';
import { messageOf, Unreachable } from '../api/request';
import type { Project, ProjectPatch } from '../api/schema';
import { BranchesModel } from './branches';
import { Observable } from './observable';
import { SessionsModel } from './sessions';
import type { EventSockets } from './socket';

export { messageOf };

const CURRENT = 'jupyter-sessions:project';

/** The user's projects, and which one the Chats tab shows. */
export class ProjectsModel extends Observable {
  constructor(
    readonly settings: ServerConnection.ISettings,
    private readonly _sockets: EventSockets,
    private readonly _state: IStateDB | null
  ) {
    super();
  }

  get items(): readonly Project[] {
    return this._items;
  }

  get current(): Project | null {
    return this._items.find(each => each.id === this._currentId) ?? null;
  }

  /** The list of the current project's sessions. */
  get sessions(): SessionsModel | null {
    return this.current && this.sessionsOf(this.current.id);
  }

  /** Whether the list was read at least once. */
  get loaded(): boolean {
    return this._loaded;
  }

  /** Why the list could not be read, in words of the server; empty when it does not answer. */
  get error(): string | null {
    return this._error;
  }

  get(id: string): Project | undefined {
    return this._items.find(each => each.id === id);
  }

  /** Project that a path of the contents API lies in: the deepest one. */
  at(path: string): Project | null {
    const inside = this._items.filter(
      each => each.folder_state === 'ok' && (each.path === '' || path.startsWith(each.path + '/'))
    );
    return inside.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
  }

  sessionsOf(project: string): SessionsModel {
    let sessions = this._sessions.get(project);
    if (!sessions) {
      sessions = new SessionsModel(this.settings, this._sockets.of(project), project);
      sessions.projectChanged.connect(() => void this.load());
      this._sessions.set(project, sessions);
    }
    return sessions;
  }

  /** Branches of a project met: a notebook may have another's kernel now. */
  get converged(): ISignal<this, void> {
    return this._converged;
  }

  branchesOf(project: string): BranchesModel {
    let branches = this._branches.get(project);
    if (!branches) {
      const root = () => this.get(project)?.path ?? '';
      branches = new BranchesModel(this.settings, this._sockets.of(project), project, root);
      branches.converged.connect(() => this._converged.emit());
      this._branches.set(project, branches);
    }
    return branches;
  }

  /** Read the list; once more when something changes while it is read. */
  load(): Promise<void> {
    this._again ||= this._loaded && this._loading !== null;
    this._loading ??= this._load().finally(() => {
      this._loading = null;
    });
    return this._loading;
  }

  select(id: string): void {
    this._currentId = id;
    void this._state?.save(CURRENT, id);
    this.notify();
  }

  async create(name: string, path?: string): Promise<Project> {
    return this._added(await addProject(this.settings, { name, path }));
  }

  async openExample(): Promise<Project> {
    return this._added(await openExample(this.settings));
  }

  async update(id: string, patch: Partial<ProjectPatch>): Promise<void> {
    const project = await updateProject(this.settings, id, patch);
    this._again = this._loading !== null;
    this._items = this._items.map(each => (each.id === id ? project : each));
    this.notify();
  }

  /** Delete a project and all that belongs to it; `confirm` is its name, typed. */
  async remove(id: string, confirm: string, keepFiles: boolean): Promise<void> {
    await removeProject(this.settings, id, confirm, keepFiles);
    this._again = this._loading !== null;
    this._sessions.get(id)?.dispose();
    this._sessions.delete(id);
    this._branches.get(id)?.dispose();
    this._branches.delete(id);
    this._items = this._items.filter(each => each.id !== id);
    this.select(this._items[0]?.id ?? '');
  }

  private async _load(): Promise<void> {
    try {
      const kept = this._loaded ? null : await this._state?.fetch(CURRENT);
      this._items = await this._list();
      this._error = null;
      this._loaded = true;
      if (this._currentId === '' && typeof kept === 'string') {
        this._currentId = kept;
      }
      if (!this.current) {
        this._currentId = this._items[0]?.id ?? '';
      }
    } catch (error) {
      this._error = error instanceof Unreachable ? '' : messageOf(error);
    }
    this.notify();
  }

  /** The list, read again when something was changed meanwhile: that is newer than the answer. */
  private async _list(): Promise<Project[]> {
    this._again = false;
    const items = await listProjects(this.settings);
    return this._isOld() ? this._list() : items;
  }

  private _isOld(): boolean {
    return this._again;
  }

  private _added(project: Project): Project {
    this._again = this._loading !== null;
    this._items = [...this._items.filter(each => each.id !== project.id), project];
    this.select(project.id);
    return project;
  }

  private _items: Project[] = [];
  private _currentId = '';
  private _loaded = false;
  private _loading: Promise<void> | null = null;
  private _again = false;
  private _error: string | null = null;
  private _sessions = new Map<string, SessionsModel>();
  private _converged = new Signal<this, void>(this);
  private _branches = new Map<string, BranchesModel>();
}
