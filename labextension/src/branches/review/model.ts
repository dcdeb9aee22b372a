import type { ServerConnection } from '@jupyterlab/services';

import { ApiError } from '../../api/request';
import { readChanges, readRunDiff, redoRun, undoRun } from '../../api/runs';
import type { CellRef, NotebookDiff, RunChanges, UndoRun } from '../../api/schema';
import { undoVersion } from '../../api/versions';
import { Observable } from '../../models/observable';
import type { SessionsModel } from '../../models/sessions';
import type { Live } from '../../api/unions';

/** What a run changed, cell by cell, and what of it is taken back. */
export class ReviewModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    readonly sessions: SessionsModel,
    readonly run: string
  ) {
    super();
    void sessions.ensure();
    sessions.live.connect(this._onLive, this);
    sessions.followed.connect(this._onFollowed, this);
  }

  get project(): string {
    return this.sessions.project;
  }

  get state(): 'loading' | 'ready' | 'gone' | 'failed' {
    return this._state;
  }

  get error(): string {
    return this._error;
  }

  get changes(): RunChanges | null {
    return this._changes;
  }

  get diffs(): readonly NotebookDiff[] {
    return this._diffs;
  }

  /** Why the last thing that was tried did not work; `null` when it did. */
  get problem(): string | null {
    return this._problem;
  }

  get isBusy(): boolean {
    return this._busy;
  }

  async load(): Promise<void> {
    const count = (this._loads += 1);
    const isNewest = () => count === this._loads;
    try {
      const [changes, diffs] = await Promise.all([
        readChanges(this._settings, this.project, this.run),
        readRunDiff(this._settings, this.project, this.run)
      ]);
      if (isNewest()) {
        this._changes = changes;
        this._diffs = diffs;
        this._state = 'ready';
      }
    } catch (error) {
      if (!isNewest()) {
        return;
      }
      const gone = error instanceof ApiError && error.status === 404;
      this._state = gone ? 'gone' : this._changes ? 'ready' : 'failed';
      this._error = error instanceof ApiError ? error.message : '';
      this._problem = this._changes ? messageOf(error) : null;
    }
    this.notify();
  }

  /** Take cells and files back; `force` also where they were changed since. All of the run when nothing is named. */
  undo(what: Partial<UndoRun> = {}): Promise<void> {
    return this._act(async () => {
      const changes = await undoRun(this._settings, this.project, this.run, what);
      const [cell, ...others] = what.cells ?? [];
      if (changes.undo !== null && cell && others.length === 0 && !what.files) {
        this._undos.set(refKey(cell), changes.undo);
      }
      return changes;
    });
  }

  /** Take the last undo back. */
  redo(): Promise<void> {
    return this._act(() => redoRun(this._settings, this.project, this.run));
  }

  /** Whether taking this cell back can be undone alone. */
  canKeep(cell: CellRef): boolean {
    return this._undos.has(refKey(cell));
  }

  /** Have a cell again that was taken back here. */
  keep(cell: CellRef): Promise<void> {
    return this._act(async () => {
      const version = this._undos.get(refKey(cell));
      this._undos.delete(refKey(cell));
      if (version === this._changes?.undo) {
        return redoRun(this._settings, this.project, this.run);
      }
      if (version !== undefined) {
        await undoVersion(this._settings, this.project, version);
      }
      return null;
    });
  }

  private async _act(act: () => Promise<RunChanges | null>): Promise<void> {
    if (this._busy) {
      return;
    }
    this._busy = true;
    this._problem = null;
    // What is being read now is of before.
    this._loads += 1;
    this.notify();
    try {
      this._changes = (await act()) ?? this._changes;
    } catch (error) {
      this._problem = messageOf(error);
    }
    this._busy = false;
    await this.load();
  }

  private _onFollowed(): void {
    void this.load();
  }

  private _onLive(_: SessionsModel, live: Live): void {
    const concerns = (each: NotebookDiff) =>
      live.type === 'version.added' && each.branch === live.branch && each.notebook === live.notebook;
    if (!this._busy && this._diffs.some(concerns)) {
      void this.load();
    }
  }

  private _state: ReviewModel['state'] = 'loading';
  private _error = '';
  private _problem: string | null = null;
  private _changes: RunChanges | null = null;
  private _diffs: readonly NotebookDiff[] = [];
  private _busy = false;
  private _loads = 0;
  /** The undo that took a single cell back. */
  private _undos = new Map<string, number>();
}

function refKey({ notebook, cell_id }: CellRef): string {
  return JSON.stringify([notebook, cell_id]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
