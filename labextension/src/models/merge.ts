import type { ServerConnection } from '@jupyterlab/services';

import { approveMerge, closeMerge, decide, readMerge } from '../api/merges';
import { ApiError } from '../api/request';
import type { CellDecision, Event, Merge, MergeItem, MergePreview } from '../api/schema';
import type { Live } from '../api/unions';
import { Observable } from './observable';
import type { SessionsModel } from './sessions';

/** One cell of a merge. */
export interface IMergeCell {
  readonly notebook: string;
  readonly item: MergeItem;
}

/** A merge as it would be now, and what a person decides about it. Decisions are saved one after the other. */
export class MergeModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    readonly sessions: SessionsModel,
    readonly id: string
  ) {
    super();
    void sessions.ensure();
    sessions.live.connect(this._onLive, this);
    sessions.followed.connect(this._reload, this);
    sessions.happened.connect(this._onEvent, this);
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

  get preview(): MergePreview | null {
    return this._preview;
  }

  /** Why the last thing that was tried did not work; `null` when it did. */
  get problem(): string | null {
    return this._problem;
  }

  /** Something is being saved. */
  get isBusy(): boolean {
    return this._saving > 0 || this._approving;
  }

  /** Cells that came or changed after the first decision, and were not looked at. */
  get unseen(): readonly IMergeCell[] {
    return this._preview?.moved
      ? cellsOf(this._preview).filter(each => each.item.new && !this._isSeen(each))
      : [];
  }

  /** When the branch moved, as far as it was seen here. */
  get movedAt(): number | null {
    return this._movedAt;
  }

  load(): Promise<void> {
    return this._inTurn(async () => {
      this._waits = false;
      try {
        this._take(await readMerge(this._settings, this.project, this.id));
      } catch (error) {
        const gone = error instanceof ApiError && error.status === 404;
        // What was read stays readable while the server does not answer.
        this._state = gone ? 'gone' : this._preview ? 'ready' : 'failed';
        this._error = error instanceof ApiError ? error.message : '';
        this._problem = this._preview ? messageOf(error) : null;
      }
      this.notify();
    });
  }

  /** Decide about cells: seen at once, saved in order, taken back when that fails. Tells whether it was saved. */
  decide(decisions: readonly CellDecision[]): Promise<boolean> {
    const place = this._preview?.place ?? null;
    if (this._preview) {
      this._preview = withDecisions(this._preview, decisions);
    }
    this._saving += 1;
    this._problem = null;
    this.notify();
    return this._inTurn(async () => {
      try {
        const preview = await decide(this._settings, this.project, this.id, decisions, place);
        this._saved(1);
        if (this._saving === 0) {
          this._take(preview);
        }
        return true;
      } catch (error) {
        this._saved(0);
        this._problem = messageOf(error);
        void this.load();
        return false;
      } finally {
        this.notify();
      }
    });
  }

  /** Merge exactly what is shown; `null` when a branch has moved, or it did not work. */
  async approve(): Promise<Merge | null> {
    if (this._approving) {
      return null;
    }
    this._approving = true;
    this._problem = null;
    this.notify();
    try {
      await this._queue;
      const merge = await approveMerge(this._settings, this.project, this.id, this._preview?.token ?? '');
      this._preview = this._preview && { ...this._preview, merge };
      return merge;
    } catch (error) {
      this._problem = messageOf(error);
      void this.load();
      return null;
    } finally {
      this._approving = false;
      this.notify();
    }
  }

  /** Close the merge without merging. */
  async discard(): Promise<void> {
    try {
      await closeMerge(this._settings, this.project, this.id);
    } catch (error) {
      this._problem = messageOf(error);
      this.notify();
      return;
    }
    await this.load();
  }

  /** These cells were looked at, as they are now. */
  see(cells: readonly IMergeCell[]): void {
    cells.forEach(each => this._seen.add(fingerprint(each)));
    this.notify();
  }

  private _isSeen(cell: IMergeCell): boolean {
    return this._seen.has(fingerprint(cell));
  }

  private _take(preview: MergePreview): void {
    const before = this.unseen.length;
    this._preview = preview;
    this._state = 'ready';
    if (this.unseen.length > before) {
      this._movedAt = Date.now();
    }
  }

  /** A save has ended that `moved` the merge so often; what was heard of beyond that is others' doing. */
  private _saved(moved: number): void {
    this._saving -= 1;
    this._others -= moved;
    if (this._saving === 0) {
      if (this._others > 0) {
        this._reload();
      }
      this._others = 0;
    }
  }

  private _onLive(_: SessionsModel, live: Live): void {
    const { merge } = this._preview ?? {};
    if (live.type === 'merge.moved' && live.merge === this.id) {
      if (this._saving > 0) {
        this._others += 1;
      } else {
        this._reload();
      }
    } else if (
      live.type === 'version.added' &&
      (live.branch === merge?.source || live.branch === merge?.target)
    ) {
      this._reload();
    }
  }

  private _onEvent(_: SessionsModel, event: Event): void {
    if ((event.type === 'merge.applied' || event.type === 'merge.closed') && event.data.merge === this.id) {
      this._reload();
    }
  }

  /** Read it again, once for all that has come meanwhile. */
  private _reload(): void {
    if (!this._waits && !this._approving) {
      this._waits = true;
      void this.load();
    }
  }

  private _inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this._queue.then(act);
    this._queue = done.then(nothing, nothing);
    return done;
  }

  private _state: MergeModel['state'] = 'loading';
  private _error = '';
  private _problem: string | null = null;
  private _preview: MergePreview | null = null;
  private _saving = 0;
  /** How often the merge moved while decisions are saved, but for these. */
  private _others = 0;
  private _approving = false;
  private _waits = false;
  private _movedAt: number | null = null;
  private _seen = new Set<string>();
  private _queue: Promise<void> = Promise.resolve();
}

/** All cells of a merge, in the order of their notebooks. */
export function cellsOf(preview: MergePreview): IMergeCell[] {
  return preview.notebooks.flatMap(({ notebook, items }) => items.map(item => ({ notebook, item })));
}

/** The preview as it will be, as far as it can be told without the server. */
export function withDecisions(preview: MergePreview, decisions: readonly CellDecision[]): MergePreview {
  const named = new Map(decisions.map(each => [`${each.notebook}\n${each.cell_id}`, each]));
  const decided = (notebook: string, item: MergeItem): MergeItem => {
    const found = named.get(`${notebook}\n${item.cell_id}`);
    if (!found) {
      return item;
    }
    const { choice, text } = found;
    const decision = choice === null ? null : { choice, text: text ?? null };
    return choice === 'edit' ? { ...item, decision, result: text ?? '' } : { ...item, decision };
  };
  const notebooks = preview.notebooks.map(each => ({
    ...each,
    items: each.items.map(item => decided(each.notebook, item))
  }));
  const undecided = notebooks.flatMap(each => each.items).filter(isLeft).length;
  return { ...preview, notebooks, undecided };
}

/** A conflict that nobody has decided about. */
export function isLeft(item: MergeItem): boolean {
  return item.conflict !== null && item.decision === null;
}

/** The cell as it is on its sides: looked at once, it is known until a side changes. */
function fingerprint({ notebook, item }: IMergeCell): string {
  return JSON.stringify([notebook, item.cell_id, item.change, item.source, item.target]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function nothing(): void {}
