import type { ServerConnection } from '@jupyterlab/services';

import { forkNotebook, probeFork } from '../../api/forks';
import { messageOf } from '../../api/request';
import type { ForkedBranch, ForkPreview, NewNotebookFork } from '../../api/schema';
import type { BranchesModel, IPlace } from '../../models/branches';
import { Observable } from '../../models/observable';
import { named } from '../rows';
import { type IRunningCell, startsEmpty, waits } from './words';

/** The cell that a notebook is forked at. */
export interface IForkCell {
  readonly id: string;
  /** "cell [10]" */
  readonly name: string;
  /** Cells below it. */
  readonly below: number;
  /** Cells with code up to it. */
  readonly code: number;
}

/** What the fork is taken of. */
export interface IForkSource {
  readonly place: IPlace;
  readonly cell: IForkCell;
  /** A name to begin with. */
  readonly name: string;
  /** Bring what is typed to the server, which forks what is saved. */
  save(): Promise<void>;
  /** The cell that runs now. */
  running(): IRunningCell | null;
}

export type ForkKernel = NewNotebookFork['kernel'];

/** A way to fork, as a button. */
export type ForkWay = 'fork' | 'run' | 'stateless' | 'wait';

/** A fork that a person is about to make. */
export class ForkModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    readonly branches: BranchesModel,
    readonly source: IForkSource
  ) {
    super();
    this._name = source.name;
  }

  get name(): string {
    return this._name;
  }

  set name(name: string) {
    this._name = name;
    this._error = '';
    this.notify();
  }

  get below(): 'keep' | 'drop' {
    return this._below;
  }

  set below(below: 'keep' | 'drop') {
    this._below = below;
    this.notify();
  }

  /** Open the notebook of the branch beside the one that is forked. */
  get beside(): boolean {
    return this._beside;
  }

  set beside(beside: boolean) {
    this._beside = beside;
    this.notify();
  }

  /** What the server said that forking would be; `null` until it has answered. */
  get preview(): ForkPreview | null {
    return this._preview;
  }

  /** Why it cannot say that. */
  get problem(): string {
    return this._problem;
  }

  /** Why the fork was not made. */
  get error(): string {
    return this._error;
  }

  get busy(): boolean {
    return this._busy;
  }

  /** Whether the name can be given to a branch. */
  get nameIsFree(): boolean {
    return this._name.trim() !== '' && !named(this.branches.items, this._name);
  }

  /** The ways that are offered, the best one first. */
  get ways(): readonly ForkWay[] {
    const kernel = this._preview?.kernel;
    if (!kernel) {
      return ['fork'];
    }
    if (waits(kernel)) {
      return ['wait'];
    }
    if (kernel.engine === 'namespace') {
      return ['fork', 'run'];
    }
    return kernel.engine === 'fork' || startsEmpty(kernel, this.source.cell.code)
      ? ['fork']
      : ['run', 'stateless'];
  }

  /** Save, and ask what forking would be; again when asked again. */
  async check(): Promise<void> {
    const count = (this._checks += 1);
    const done = (patch: () => void) => {
      if (count === this._checks) {
        patch();
        this.notify();
      }
    };
    try {
      await this._saved();
      const preview = await probeFork(this._settings, this._project, this._branch, this._point);
      done(() => {
        this._preview = preview;
        this._problem = '';
      });
    } catch (error) {
      done(() => {
        this._problem = messageOf(error);
      });
    }
  }

  /** Fork; `null` when the server did not, which `error` tells. */
  async fork(kernel: ForkKernel): Promise<ForkedBranch | null> {
    if (this._busy || !this.nameIsFree) {
      return null;
    }
    this._set(true, '');
    try {
      const made = await this.make(kernel);
      this._set(false, '');
      return made;
    } catch (error) {
      this._set(false, messageOf(error));
      return null;
    }
  }

  /** Fork, or fail. */
  async make(kernel: ForkKernel): Promise<ForkedBranch> {
    await this._saved();
    return forkNotebook(this._settings, this._project, this._branch, {
      ...this._point,
      name: this._name.trim(),
      below: this._below,
      kernel
    });
  }

  /** One at a time: a fork waits for what the probe is saving. */
  private _saved(): Promise<void> {
    this._saving ??= this.source.save().finally(() => {
      this._saving = null;
    });
    return this._saving;
  }

  private _set(busy: boolean, error: string): void {
    this._busy = busy;
    this._error = error;
    this.notify();
  }

  private get _project(): string {
    return this.branches.project;
  }

  private get _branch(): string {
    return this.source.place.branch;
  }

  private get _point() {
    return { notebook: this.source.place.notebook, cell_id: this.source.cell.id };
  }

  private _name: string;
  private _below: 'keep' | 'drop' = 'keep';
  private _beside = true;
  private _preview: ForkPreview | null = null;
  private _problem = '';
  private _error = '';
  private _busy = false;
  private _checks = 0;
  private _saving: Promise<void> | null = null;
}
