import type { ICodeCellModel } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IKernelPlace } from '../api/kernels';
import type { BranchesModel, IPlace } from '../models/branches';
import { Observable } from '../models/observable';
import type { ProjectsModel } from '../models/projects';
import { isBusy } from '../notebooks/busy';

/** A cell of the notebook, as a person knows it. */
export interface ICellName {
  readonly count: number | null;
  readonly index: number;
  /** Its first line that is not empty. */
  readonly line: string;
}

/** The notebook that is looked at: where it lies, and when its kernel has done something. */
export class NotebookKernel extends Observable {
  constructor(
    private readonly _notebooks: INotebookTracker,
    private readonly _projects: ProjectsModel
  ) {
    super();
    _notebooks.currentChanged.connect(this._onCurrent, this);
    _projects.changed.connect(this._locate, this);
    this._onCurrent();
  }

  /** `undefined` until it is known; `null` when it lies in no project. */
  get place(): IKernelPlace | null | undefined {
    return this._place;
  }

  get branches(): BranchesModel | null {
    return this._branches;
  }

  /** Whether a notebook is open at all. */
  get isOpen(): boolean {
    return this._panel !== null;
  }

  get busy(): boolean {
    return isBusy(this._panel);
  }

  /** The kernel has begun or ended something, or is another one. */
  get stirred(): ISignal<this, void> {
    return this._stirred;
  }

  /** A cell, as far as the notebook has it. */
  cell(id: string): ICellName | null {
    const cells = this._panel?.content.widgets ?? [];
    const index = cells.findIndex(each => each.model.id === id);
    const model = cells[index]?.model;
    if (!model) {
      return null;
    }
    const count = model.type === 'code' ? (model as ICodeCellModel).executionCount : null;
    const lines = model.sharedModel.getSource().split('\n');
    return { count, index, line: lines.find(each => each.trim() !== '')?.trim() ?? '' };
  }

  override dispose(): void {
    this._notebooks.currentChanged.disconnect(this._onCurrent, this);
    this._projects.changed.disconnect(this._locate, this);
    this._branches?.changed.disconnect(this._locate, this);
    this._follow(null);
    super.dispose();
  }

  private _onCurrent(): void {
    this._follow(this._notebooks.currentWidget);
    this._locate();
  }

  private _follow(panel: NotebookPanel | null): void {
    const before = this._panel?.sessionContext;
    before?.statusChanged.disconnect(this._onStatus, this);
    before?.kernelChanged.disconnect(this._onStatus, this);
    this._panel?.context.pathChanged.disconnect(this._locate, this);
    this._panel = panel;
    panel?.context.pathChanged.connect(this._locate, this);
    panel?.sessionContext.statusChanged.connect(this._onStatus, this);
    panel?.sessionContext.kernelChanged.connect(this._onStatus, this);
  }

  private _onStatus(): void {
    this._stirred.emit();
    this.notify();
  }

  private _locate(): void {
    const path = this._panel?.context.localPath;
    const project = path === undefined ? null : this._projects.at(path);
    const branches = project && this._projects.branchesOf(project.id);
    if (branches !== this._branches) {
      this._branches?.changed.disconnect(this._locate, this);
      this._branches = branches;
      branches?.changed.connect(this._locate, this);
      void branches?.ensure();
    }
    const found = path !== undefined && branches?.loaded ? branches.branchOf(path) : null;
    const waits = this._panel !== null && (branches ? !branches.loaded : !this._projects.loaded);
    this._set(waits ? undefined : project && found && { project: project.id, ...found });
  }

  private _set(place: (IPlace & { project: string }) | null | undefined): void {
    const same = JSON.stringify(place) === JSON.stringify(this._place);
    if (!same) {
      this._place = place;
    }
    this.notify();
  }

  private _panel: NotebookPanel | null = null;
  private _branches: BranchesModel | null = null;
  private _place: IKernelPlace | null | undefined = undefined;
  private _stirred = new Signal<this, void>(this);
}
