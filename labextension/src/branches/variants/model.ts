import type { ServerConnection } from '@jupyterlab/services';

import { fanOut, probeFork } from '../../api/forks';
import { messageOf } from '../../api/request';
import type { FanOut, ForkProbe } from '../../api/schema';
import type { BranchesModel, IPlace } from '../../models/branches';
import { Observable } from '../../models/observable';
import { freeName, named } from '../rows';

/** So many can run at once. */
export const MOST = 8;
/** With fewer there is nothing to compare. */
export const LEAST = 2;

/** The cell that gets variants. */
export interface IVariantsCell {
  readonly id: string;
  /** "cell [10]" */
  readonly name: string;
  readonly source: string;
  /** Id of the cell above, at which the branches fork. */
  readonly before: string;
  /** Cells with code above it. */
  readonly code: number;
  readonly mimeType: string;
}

export interface IVariantsSource {
  readonly place: IPlace;
  readonly cell: IVariantsCell;
  /** Bring what is typed to the server, which forks what is saved. */
  save(): Promise<void>;
}

/** A variant as a person writes it. */
export interface IDraft {
  readonly key: number;
  readonly name: string;
  readonly source: string;
}

/** Variants of a cell that a person is about to run. */
export class VariantsModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    readonly branches: BranchesModel,
    readonly from: IVariantsSource
  ) {
    super();
    this.add();
    this.add();
    branches.changed.connect(this.notify, this);
  }

  get drafts(): readonly IDraft[] {
    return this._drafts;
  }

  /** What a fork above the cell would be; `null` until the server has answered. */
  get probe(): ForkProbe | null {
    return this._probe;
  }

  /** Why it cannot say that. */
  get problem(): string {
    return this._problem;
  }

  get busy(): boolean {
    return this._busy;
  }

  /** Why they were not run. */
  get error(): string {
    return this._error;
  }

  /** Whether two of them have this name, however it is written. */
  isTwice({ key, name }: IDraft): boolean {
    return (
      named(
        this._drafts.filter(each => each.key !== key),
        name
      ) !== undefined
    );
  }

  /** Drafts that do nothing else than an earlier one. */
  get same(): readonly IDraft[] {
    return this._drafts.filter(
      (draft, index) => this._drafts.findIndex(each => each.source.trim() === draft.source.trim()) < index
    );
  }

  get ready(): boolean {
    return (
      !this._busy &&
      this._drafts.every(
        each => each.name.trim() !== '' && !named(this.branches.items, each.name) && !this.isTwice(each)
      )
    );
  }

  /** One more, that begins as the last one. Returns its key. */
  add(): number {
    const key = (this._keys += 1);
    const last = this._drafts.at(-1);
    const taken = [...this.branches.items, ...this._drafts];
    const first = 'variant-1';
    const name = named(taken, first) ? freeName(taken, first) : first;
    this._drafts = [...this._drafts, { key, name, source: last?.source ?? this.from.cell.source }];
    this.notify();
    return key;
  }

  remove(key: number): void {
    this._drafts = this._drafts.filter(each => each.key !== key);
    this.notify();
  }

  change(key: number, patch: Partial<Omit<IDraft, 'key'>>): void {
    this._drafts = this._drafts.map(each => (each.key === key ? { ...each, ...patch } : each));
    this._error = '';
    this.notify();
  }

  /** Save, and ask what forking above the cell would be. */
  async check(): Promise<void> {
    const { place, cell, save } = this.from;
    try {
      await save();
      const point = { notebook: place.notebook, cell_id: cell.before };
      this._probe = (await probeFork(this._settings, this.branches.project, place.branch, point)).kernel;
    } catch (error) {
      this._problem = messageOf(error);
    }
    this.notify();
  }

  /** Run them; `null` when the server did not, which `error` tells. */
  async run(): Promise<FanOut | null> {
    if (!this.ready) {
      return null;
    }
    this._set(true, '');
    const { place, cell, save } = this.from;
    try {
      await save();
      const made = await fanOut(this._settings, this.branches.project, place.branch, {
        notebook: place.notebook,
        cell_id: cell.id,
        variants: this._drafts.map(({ name, source }) => ({ name: name.trim(), source }))
      });
      this._set(false, '');
      return made;
    } catch (error) {
      this._set(false, messageOf(error));
      return null;
    }
  }

  override dispose(): void {
    this.branches.changed.disconnect(this.notify, this);
    super.dispose();
  }

  private _set(busy: boolean, error: string): void {
    this._busy = busy;
    this._error = error;
    this.notify();
  }

  private _drafts: readonly IDraft[] = [];
  private _keys = 0;
  private _probe: ForkProbe | null = null;
  private _problem = '';
  private _busy = false;
  private _error = '';
}
