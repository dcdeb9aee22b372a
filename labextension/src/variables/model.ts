import type { ServerConnection } from '@jupyterlab/services';

import {
  dropCheckpoints,
  dropSaved,
  type IKernelPlace,
  listCheckpoints,
  listVariables,
  readDifference
} from '../api/kernels';
import { messageOf, Unreachable } from '../api/request';
import type { CheckpointList, VariableList, VariablesDifference } from '../api/schema';
import { Observable } from '../models/observable';
import type { ICellName, NotebookKernel } from './notebook';
import { BY_NAME, type ISort, pressed, type SortKey } from './rows';

/** Milliseconds after something happened in a kernel, when it is asked. */
const PAUSE = 300;
/** The same, while a cell runs for long. */
const LONG = 5000;

/** What the kernel of the current notebook holds; asked only while somebody looks. */
export class VariablesModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    readonly kernel: NotebookKernel,
    private readonly _pause = PAUSE
  ) {
    super();
    kernel.changed.connect(this._onNotebook, this);
    kernel.stirred.connect(this._onStirred, this);
    this._place = kernel.place;
  }

  /** `null` until it was read. */
  get list(): VariableList | null {
    return this._list;
  }

  /** What differs from another branch; `null` until it was read, and when none is chosen. */
  get difference(): VariablesDifference | null {
    return this._difference;
  }

  get checkpoints(): CheckpointList | null {
    return this._checkpoints;
  }

  /** Whether checkpoints are looked at, too. */
  get showsCheckpoints(): boolean {
    return this._showsCheckpoints;
  }

  set showsCheckpoints(shows: boolean) {
    this._showsCheckpoints = shows;
    this.notify();
    if (shows) {
      void this.read();
    }
  }

  /** Why it could not be read; empty when the server does not answer. */
  get error(): string | null {
    return this._error;
  }

  get filter(): string {
    return this._filter;
  }

  set filter(filter: string) {
    this._filter = filter;
    this.notify();
  }

  get sort(): ISort {
    return this._sort;
  }

  press(key: SortKey): void {
    this._sort = pressed(this._sort, key);
    this.notify();
  }

  /** Id of the branch that is compared with. */
  get other(): string | null {
    return this._other;
  }

  set other(other: string | null) {
    this._other = other;
    this._difference = null;
    this.notify();
    void this.read();
  }

  /** Ask from now on, or no longer. */
  watch(on: boolean): void {
    this._watched = on;
    window.clearTimeout(this._timer);
    this._timer = 0;
    if (on) {
      void this.read();
    }
  }

  /** Ask the kernel now; once more when something happens meanwhile. */
  async read(): Promise<void> {
    const place = this.kernel.place;
    if (!place || !this._watched) {
      return;
    }
    if (this._reading) {
      this._again = true;
      return;
    }
    this._reading = true;
    this._again = false;
    const other = this._other;
    try {
      const [list, difference, checkpoints] = await Promise.all([
        listVariables(this._settings, place),
        other === null ? null : readDifference(this._settings, place, other),
        this._showsCheckpoints ? listCheckpoints(this._settings, place) : null
      ]);
      if (place === this.kernel.place && other === this._other) {
        this._list = list;
        this._difference = difference;
        this._checkpoints = checkpoints;
        this._error = null;
      }
    } catch (error) {
      if (place === this.kernel.place) {
        this._error = error instanceof Unreachable ? '' : messageOf(error);
      }
    }
    this._reading = false;
    this.notify();
    if (this._mustReadAgain()) {
      await this.read();
    } else if (this.kernel.busy) {
      this._readIn(LONG);
    }
  }

  /** A cell of the notebook. */
  cell(id: string | null): ICellName | null {
    return id === null ? null : this.kernel.cell(id);
  }

  /** Drop one checkpoint, or all. */
  async drop(id?: string): Promise<void> {
    const place = this.kernel.place;
    if (place) {
      await dropCheckpoints(this._settings, place, id);
      await this.read();
    }
  }

  /** Remove what was saved of the notebook to the disk. */
  async dropSaved(): Promise<void> {
    const place = this.kernel.place;
    if (place) {
      await dropSaved(this._settings, place);
      await this.read();
    }
  }

  override dispose(): void {
    this.watch(false);
    this.kernel.dispose();
    super.dispose();
  }

  private _mustReadAgain(): boolean {
    return this._again;
  }

  private _onNotebook(): void {
    if (this.kernel.place !== this._place) {
      this._place = this.kernel.place;
      this._list = this._difference = this._checkpoints = this._error = null;
      const gone = this._other === this._place?.branch || !this.kernel.branches?.get(this._other ?? '');
      this._other = gone ? null : this._other;
      void this.read();
    }
    this.notify();
  }

  private _onStirred(): void {
    this._readIn(this._pause);
  }

  /** Not put off by what happens meanwhile: a notebook that runs is followed. */
  private _readIn(pause: number): void {
    if (!this._watched || (this._timer !== 0 && pause >= this._pauseNow)) {
      return;
    }
    window.clearTimeout(this._timer);
    this._pauseNow = pause;
    this._timer = window.setTimeout(() => {
      this._timer = 0;
      void this.read();
    }, pause);
  }

  private _place: IKernelPlace | null | undefined;
  private _list: VariableList | null = null;
  private _difference: VariablesDifference | null = null;
  private _checkpoints: CheckpointList | null = null;
  private _showsCheckpoints = false;
  private _error: string | null = null;
  private _filter = '';
  private _sort: ISort = BY_NAME;
  private _other: string | null = null;
  private _watched = false;
  private _reading = false;
  private _again = false;
  private _timer = 0;
  private _pauseNow = 0;
}
