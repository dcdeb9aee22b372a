import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** Where a person was in a conversation: kept in the browser's workspace over a reload. */
export interface IPlace {
  /** Message typed, not sent. */
  draft: string;
  /** Entry at the top of the view, and how far it is scrolled out; `null` is the end. */
  anchor: { seq: number; offset: number } | null;
  /** Folds that the person changed, by key. */
  folds: Record<string, boolean>;
}

/**
 * Keeps the place of one session, written at most every half second.
 *
 * JupyterLab itself writes its state seconds later, so what a reload of this tab needs is kept in
 * the tab as well.
 */
export class PlaceKeeper {
  constructor(
    private readonly _state: IStateDB | null,
    session: string
  ) {
    this._id = `jupyter-sessions:place:${session}`;
  }

  get value(): Readonly<IPlace> {
    return this._value;
  }

  async load(): Promise<void> {
    const value = (await this._state?.fetch(this._id)) as Partial<IPlace> | undefined;
    this._value = { ...this._value, ...value, ...recalled(this._id) };
  }

  set(patch: Partial<IPlace>): void {
    this._value = { ...this._value, ...patch };
    remember(this._id, this._value);
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => this.flush(), 500);
  }

  flush(): void {
    window.clearTimeout(this._timer);
    const value: unknown = this._value;
    void this._state?.save(this._id, value as ReadonlyPartialJSONObject);
  }

  private _id: string;
  private _timer = 0;
  private _value: IPlace = { draft: '', anchor: null, folds: {} };
}

function remember(id: string, place: IPlace): void {
  try {
    window.sessionStorage.setItem(id, JSON.stringify(place));
  } catch {
    // Full, or not allowed: the state database has it a little later.
  }
}

function recalled(id: string): Partial<IPlace> {
  try {
    return JSON.parse(window.sessionStorage.getItem(id) ?? '{}') as Partial<IPlace>;
  } catch {
    return {};
  }
}
