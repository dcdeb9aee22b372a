import type { Contents } from '@jupyterlab/services';

import { listNotebookBranches } from '../../api/branches';
import { messageOf, Unreachable } from '../../api/request';
import type { Branch, NotebookBranch } from '../../api/schema';
import { type BranchesModel, MAIN } from '../../models/branches';
import { Observable } from '../../models/observable';
import type { ProjectsModel } from '../../models/projects';
import type { SessionsModel } from '../../models/sessions';
import { RowFocus } from '../focus';
import { notebooksBelow } from '../notebooks';
import { type IBranchRow, type IOfNotebook, isOf, rowsOf } from './branchRows';

/** Milliseconds after a version, when the list is read again. */
const PAUSE = 1000;

/** How the branches are looked at. */
export type BranchesLook = 'linear' | 'tree';

/** What a person does with the branches of a project: which are shown, a name being edited, a question. */
export class BranchesState extends Observable {
  readonly focus = new RowFocus();
  readonly branches: BranchesModel;
  readonly sessions: SessionsModel;

  constructor(
    readonly projects: ProjectsModel,
    readonly project: string,
    notebook: string | null,
    private readonly _contents: Contents.IManager
  ) {
    super();
    this._notebook = notebook;
    this.branches = projects.branchesOf(project);
    this.sessions = projects.sessionsOf(project);
    this.branches.changed.connect(this._arrange, this);
    this.sessions.changed.connect(this._arrange, this);
    projects.changed.connect(this.notify, this);
    this.branches.versionAdded.connect(this._readSoon, this);
    this.sessions.followed.connect(this._readSoon, this);
    this._arrange();
  }

  get rows(): readonly IBranchRow[] {
    return this._rows;
  }

  /** As a list, or as a tree: that where the notebook was forked, until one chooses. */
  get view(): BranchesLook {
    return this._view ?? (this.forked.includes(this._notebook ?? '') ? 'tree' : 'linear');
  }

  set view(view: BranchesLook) {
    this._view = view;
    const [only, other] = this.forked;
    if (view === 'tree' && this._notebook === null && only !== undefined && other === undefined) {
      this.look(only);
    }
    this.notify();
  }

  /** The notebooks that were forked. */
  get forked(): readonly string[] {
    const alive = this.branches.items.filter(each => each.status !== 'deleted');
    return [...new Set(alive.flatMap(({ fork }) => (fork ? [fork.notebook] : [])))];
  }

  /** The notebook whose branches are shown; `null`: those of all. */
  get notebook(): string | null {
    return this._notebook;
  }

  get filter(): string {
    return this._filter;
  }

  get showDeleted(): boolean {
    return this._showDeleted;
  }

  /** How many were deleted: of the chosen notebook, if there is one. */
  get deleted(): number {
    const gone = this.branches.items.filter(each => each.status === 'deleted');
    return gone.filter(each => isOf(each, this._ofNotebook)).length;
  }

  /** The project was deleted. */
  get gone(): boolean {
    return this.projects.loaded && !this.projects.get(this.project);
  }

  get loaded(): boolean {
    return this.branches.loaded && (this._notebook === null || this._seen !== null);
  }

  /** Why the branches cannot be read; empty when the server does not answer. */
  get error(): string | null {
    return this.branches.error ?? this._error;
  }

  /** Id of the branch whose name is edited. */
  get renaming(): string | null {
    return this._renaming;
  }

  /** Id of the branch of which is asked whether to delete it. */
  get asked(): string | null {
    return this._asked;
  }

  /** What a screen reader says. */
  get said(): string {
    return this._said;
  }

  /** Follow what happens to the branches, or stop to. */
  watch(on: boolean): void {
    if (on && !this._watched) {
      void this.sessions.ensure();
      void this.read();
    }
    this._watched = on;
  }

  /** Read all of it again. */
  async read(): Promise<void> {
    await Promise.all([this.branches.load(), this._readNotebook()]);
  }

  look(notebook: string | null): void {
    this._notebook = notebook;
    this._seen = null;
    this._error = null;
    this._arrange();
    void this._readNotebook();
  }

  type(filter: string): void {
    this._filter = filter;
    this._arrange();
  }

  toggleDeleted(): void {
    this._showDeleted = !this._showDeleted;
    this._arrange();
  }

  edit(id: string | null): void {
    this._renaming = id === MAIN ? null : id;
    this._asked = null;
    this.notify();
  }

  ask(id: string | null): void {
    this._asked = id === MAIN ? null : id;
    this._renaming = null;
    this.notify();
  }

  /** Give a branch the name that was typed; `null`: as it was. `byKey`: its row gets the focus. */
  async rename(branch: Branch, name: string | null, byKey: boolean): Promise<void> {
    this._renaming = null;
    if (byKey) {
      this.focus.focus(branch.id);
    }
    this.notify();
    const wanted = name?.trim();
    if (wanted && wanted !== branch.name) {
      await this.branches.update(branch.id, { name: wanted });
    }
  }

  /** Delete a branch; the row that takes its place gets the focus. */
  async remove(branch: Branch): Promise<void> {
    const place = this._rows.findIndex(each => each.branch.id === branch.id);
    await this.branches.remove(branch.id);
    this._asked = null;
    this._arrange();
    const row =
      this._rows.find(each => each.branch.id === branch.id) ?? this._rows[place] ?? this._rows.at(-1);
    this.focus.focus(row?.branch.id);
  }

  /** Notebooks that are files of a branch now: those that were changed or opened there. */
  notebooksOf(branch: string): Promise<string[]> {
    const root = this.projects.get(this.project)?.path ?? '';
    const at = (folder: string) => [root, folder].filter(Boolean).join('/');
    const folders = this.branches.items.flatMap(each => (each.folder ? [at(each.folder)] : []));
    const folder = this.branches.get(branch)?.folder ?? '';
    return notebooksBelow(this._contents, at(folder), new Set(folders));
  }

  say(text: string): void {
    this._said = text;
    this.notify();
  }

  override dispose(): void {
    this.focus.dispose();
    window.clearTimeout(this._timer);
    this.branches.changed.disconnect(this._arrange, this);
    this.sessions.changed.disconnect(this._arrange, this);
    this.projects.changed.disconnect(this.notify, this);
    this.branches.versionAdded.disconnect(this._readSoon, this);
    this.sessions.followed.disconnect(this._readSoon, this);
    super.dispose();
  }

  private async _readNotebook(): Promise<void> {
    const notebook = this._notebook;
    const count = (this._reads += 1);
    if (notebook === null) {
      return;
    }
    try {
      const seen = await listNotebookBranches(this.projects.settings, this.project, notebook);
      if (count === this._reads) {
        this._seen = new Map(seen.map(each => [each.branch.id, each]));
        this._error = null;
      }
    } catch (error) {
      if (count === this._reads) {
        this._error = error instanceof Unreachable ? '' : messageOf(error);
      }
    }
    this._arrange();
  }

  /** Something has changed, or may have while there was no connection. */
  private _readSoon(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      if (this._watched) {
        void this.read();
      }
    }, PAUSE);
  }

  private get _ofNotebook(): IOfNotebook | null {
    const path = this._notebook;
    return path === null ? null : { path, seen: this._seen ?? new Map<string, NotebookBranch>() };
  }

  private _arrange(): void {
    this._rows = rowsOf(this.branches.items, this.sessions.items, {
      notebook: this._ofNotebook,
      filter: this._filter,
      showDeleted: this._showDeleted
    });
    this.notify();
  }

  private _view: BranchesLook | null = null;
  private _rows: readonly IBranchRow[] = [];
  private _notebook: string | null;
  /** The branches as the chosen notebook is on them, by id. */
  private _seen: ReadonlyMap<string, NotebookBranch> | null = null;
  private _filter = '';
  private _showDeleted = false;
  private _renaming: string | null = null;
  private _asked: string | null = null;
  private _said = '';
  private _error: string | null = null;
  private _watched = false;
  private _reads = 0;
  private _timer = 0;
}
