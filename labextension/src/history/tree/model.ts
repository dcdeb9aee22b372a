import { listConvergences, readTree } from '../../api/branches';
import { messageOf, Unreachable } from '../../api/request';
import type { Branch, Convergence, Event, NotebookTree } from '../../api/schema';
import { type BranchesModel, MAIN } from '../../models/branches';
import { Observable } from '../../models/observable';
import type { BranchesState } from '../table/state';
import { type ITree, joined, layoutOf } from './layout';
import { headKey } from './rows';

/** Milliseconds after a version, when the tree is read again. */
const PAUSE = 1000;
/** Sizes that it is shown in, in percent. */
export const ZOOMS: readonly number[] = [50, 75, 100, 125];

/** The branches of one notebook as a tree, and what a person does with it. */
export class TreeModel extends Observable {
  constructor(
    readonly state: BranchesState,
    readonly notebook: string
  ) {
    super();
    state.changed.connect(this._onState, this);
    state.branches.versionAdded.connect(this._readSoon, this);
    state.sessions.happened.connect(this._onEvent, this);
    state.sessions.followed.connect(this._readSoon, this);
    void this.read();
  }

  get branches(): BranchesModel {
    return this.state.branches;
  }

  get loaded(): boolean {
    return this._tree !== null;
  }

  /** Why it cannot be read; empty when the server does not answer. */
  get error(): string | null {
    return this._error;
  }

  get layout(): ITree {
    return this._layout;
  }

  get language(): string {
    return this._tree?.language ?? 'python';
  }

  /** Key of what is the one stop in the tab order. */
  get focus(): string {
    const { lanes } = this._layout;
    const known = lanes.some(lane => lane.stops.some(stop => stop.key === this._focus));
    return known ? this._focus : headKey(lanes[0]?.branch.id ?? MAIN);
  }

  /** Ids of the branches that are selected, in the order in which they were: two at most. */
  get selected(): readonly string[] {
    return this._selected;
  }

  get zoom(): number {
    return this._zoom;
  }

  set zoom(zoom: number) {
    this._zoom = zoom;
    this.notify();
  }

  focused(key: string): void {
    if (key !== this._focus) {
      this._focus = key;
      this.notify();
    }
  }

  /** Select a branch, or no longer; a third one takes the place of the first. */
  select(id: string): void {
    this._selected = this._selected.includes(id)
      ? this._selected.filter(each => each !== id)
      : [...this._selected, id].slice(-2);
    this.notify();
  }

  /** Show the cells that a row stands for. */
  unfold(key: string, first: string): void {
    this._open = new Set([...this._open, key]);
    this._focus = first;
    this._arrange();
  }

  async read(): Promise<void> {
    const { branches, projects, project } = this.state;
    const count = (this._reads += 1);
    try {
      await branches.ensure();
      const [tree, met] = await Promise.all([
        readTree(projects.settings, project, this.notebook),
        listConvergences(projects.settings, project, this.notebook)
      ]);
      if (count !== this._reads) {
        return;
      }
      this._tree = tree;
      this._met = met.filter(each => each.status === 'met');
      this._error = null;
      // One that was made meanwhile is not in the list yet.
      if (tree.lanes.some(each => !branches.get(each.branch))) {
        await branches.load();
      }
    } catch (error) {
      if (count === this._reads) {
        this._error = error instanceof Unreachable ? '' : messageOf(error);
      }
    }
    this._arrange();
  }

  override dispose(): void {
    window.clearTimeout(this._timer);
    this.state.changed.disconnect(this._onState, this);
    this.branches.versionAdded.disconnect(this._readSoon, this);
    this.state.sessions.happened.disconnect(this._onEvent, this);
    this.state.sessions.followed.disconnect(this._readSoon, this);
    super.dispose();
  }

  private _onState(): void {
    const known = new Set(this._tree?.lanes.map(each => each.branch));
    const made = this.branches.items.some(each => !known.has(each.id) && each.fork !== null);
    if (this._tree && made && this.branches.items.length !== this._count) {
      this._readSoon();
    }
    this._count = this.branches.items.length;
    this._arrange();
  }

  private _onEvent(_: unknown, { type }: Event): void {
    if (type === 'branch.converged') {
      this._readSoon();
    }
  }

  private _readSoon(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this.read(), PAUSE);
  }

  private _arrange(): void {
    const shown = (branch: Branch) => this.state.showDeleted || branch.status !== 'deleted';
    const lanes = (this._tree?.lanes ?? []).flatMap(lane => {
      const branch = this.branches.get(lane.branch);
      return branch && shown(branch) ? [{ branch, lane }] : [];
    });
    const sources = joined(lanes, id => this.branches.get(id)?.parent ?? null);
    this._layout = layoutOf(sources, this._met, this._open);
    this._selected = this._selected.filter(id => sources.some(each => each.branch.id === id));
    this.notify();
  }

  private _tree: NotebookTree | null = null;
  private _met: readonly Convergence[] = [];
  private _layout: ITree = layoutOf([], [], new Set());
  private _error: string | null = null;
  private _focus = '';
  private _selected: readonly string[] = [];
  private _open: ReadonlySet<string> = new Set();
  private _zoom = 100;
  private _count = 0;
  private _reads = 0;
  private _timer = 0;
}
