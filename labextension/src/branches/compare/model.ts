import type { ServerConnection } from '@jupyterlab/services';

import { readForkProgress, stopFork } from '../../api/forks';
import { ApiError, messageOf, Unreachable } from '../../api/request';
import type { Branch, ForkProgress, NotebookDiff } from '../../api/schema';
import type { Live } from '../../api/unions';
import { readDiff } from '../../api/versions';
import { type BranchesModel, MAIN } from '../../models/branches';
import { Observable } from '../../models/observable';
import type { SessionsModel } from '../../models/sessions';
import type { CellContents } from '../diff/contents';
import { type IResultRow, readResults } from './results';
import { type IRow, plainRow, rowsOf } from './rows';

/** Milliseconds after a version, when all is read again. */
const PAUSE = 500;

/** A notebook on some branches. */
export interface ICompared {
  readonly project: string;
  readonly notebook: string;
  /** Ids, two at least. */
  readonly branches: readonly string[];
  /** Id of a cell whose variants they are. */
  readonly cell?: string;
}

/** A notebook on some branches, side by side: what their cells gave, kept up to date. */
export class BranchComparison extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _sessions: SessionsModel,
    readonly branches: BranchesModel,
    readonly contents: CellContents,
    readonly args: ICompared
  ) {
    super();
    _sessions.live.connect(this._onLive, this);
    _sessions.followed.connect(this._onFollowed, this);
    branches.changed.connect(this.notify, this);
    void _sessions.ensure();
    void branches.ensure();
    void this.load();
    void this._readProgress();
  }

  /** `gone`: a branch does not have the notebook, or is gone. */
  get state(): 'loading' | 'ready' | 'gone' | 'failed' {
    return this._state;
  }

  /** Why it cannot be read; empty when the server does not answer. */
  get error(): string {
    return this._error;
  }

  get rows(): readonly IRow[] {
    return this._rows;
  }

  /** Key results; `null` until they were read. */
  get results(): readonly IResultRow[] | null {
    return this._results;
  }

  get language(): string {
    return this._language;
  }

  /** Cells that all have alike. */
  get unchanged(): number {
    return this._unchanged;
  }

  branch(id: string): Branch | undefined {
    return this.branches.get(id);
  }

  /** How far the cells are that run on a branch, or how they ended. */
  progress(id: string): ForkProgress | null {
    return this._progress.get(id) ?? null;
  }

  async stop(id: string): Promise<void> {
    await stopFork(this._settings, this.args.project, id);
  }

  async load(): Promise<void> {
    const { project, notebook, branches } = this.args;
    const [first = MAIN, ...others] = branches;
    const count = (this._loads += 1);
    try {
      const diffs = await Promise.all(
        others.map(each => readDiff(this._settings, project, notebook, `branch:${first}`, `branch:${each}`))
      );
      if (count === this._loads) {
        this._set(diffs);
        this.notify();
        await this._readResults(count);
      }
    } catch (error) {
      if (count === this._loads) {
        this._state = error instanceof ApiError && error.status === 404 ? 'gone' : 'failed';
        this._error = error instanceof Unreachable ? '' : messageOf(error);
      }
    }
    this.notify();
  }

  override dispose(): void {
    window.clearTimeout(this._timer);
    this._sessions.live.disconnect(this._onLive, this);
    this._sessions.followed.disconnect(this._onFollowed, this);
    this.branches.changed.disconnect(this.notify, this);
    super.dispose();
  }

  private _set(diffs: readonly NotebookDiff[]): void {
    const { branches, cell } = this.args;
    const rows = rowsOf(diffs);
    const isThere = cell === undefined || rows.some(each => each.id === cell);
    this._rows = isThere ? rows : [plainRow(cell, branches.length), ...rows];
    this._language = diffs[0]?.language ?? 'python';
    this._unchanged = Math.min(...diffs.map(each => each.unchanged));
    this._state = diffs.every(each => each.existed && each.exists) ? 'ready' : 'gone';
    this.contents.forget();
  }

  private async _readResults(count: number): Promise<void> {
    const { branches, notebook } = this.args;
    await this.branches.ensure();
    const files = branches.map(id => {
      const folder = this.branches.get(id)?.folder;
      // Without its folder, what came out on main would stand below it.
      return id === MAIN ? notebook : folder ? `${folder}/${notebook}` : '';
    });
    try {
      const results = await readResults(this._settings, this._sessions, files);
      if (count === this._loads) {
        this._results = results;
      }
    } catch {
      this._results ??= []; // what the cells gave is there all the same
    }
  }

  /** What was told before one listened, or meanwhile; nothing where no cells had to run. */
  private async _readProgress(): Promise<void> {
    const { project, branches } = this.args;
    await Promise.all(
      branches.map(async id => {
        if (id !== MAIN) {
          const told = await readForkProgress(this._settings, project, id).catch(() => null);
          if (told && !isAhead(this._progress.get(id), told)) {
            this._progress.set(id, told);
          }
        }
      })
    );
    this.notify();
  }

  private _onLive(_: SessionsModel, live: Live): void {
    const { branches, notebook } = this.args;
    if (live.type === 'fork.progress' && branches.includes(live.branch)) {
      this._progress.set(live.branch, live);
      this.notify();
      if (live.state !== 'running') {
        this._loadSoon();
      }
    } else if (
      live.type === 'version.added' &&
      branches.includes(live.branch) &&
      live.notebook === notebook
    ) {
      this._loadSoon();
    }
  }

  private _onFollowed(): void {
    this._loadSoon();
    void this._readProgress();
  }

  private _loadSoon(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this.load(), PAUSE);
  }

  private _state: BranchComparison['state'] = 'loading';
  private _error = '';
  private _rows: readonly IRow[] = [];
  private _results: readonly IResultRow[] | null = null;
  private _progress = new Map<string, ForkProgress>();
  private _language = 'python';
  private _unchanged = 0;
  private _loads = 0;
  private _timer = 0;
}

/** Whether more is known than was told. */
function isAhead(known: ForkProgress | undefined, told: ForkProgress): boolean {
  return known !== undefined && (known.done > told.done || known.state !== 'running');
}
