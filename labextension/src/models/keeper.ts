import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/**
 * Keeps what was typed over a reload, written at most every half second.
 *
 * JupyterLab itself writes its state seconds later, so it is kept in the browser's tab as well.
 */
export class Keeper<T extends object> {
  constructor(
    private readonly _state: IStateDB | null,
    private readonly _id: string
  ) {}

  async load(): Promise<Partial<T>> {
    const stored = (await this._state?.fetch(this._id)) as Partial<T> | undefined;
    return { ...stored, ...recalled<T>(this._id) };
  }

  save(value: T): void {
    try {
      window.sessionStorage.setItem(this._id, JSON.stringify(value));
    } catch {
      // Full, or not allowed: the state database has it a little later.
    }
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      const stored: unknown = value;
      void this._state?.save(this._id, stored as ReadonlyPartialJSONObject);
    }, 500);
  }

  forget(): void {
    window.clearTimeout(this._timer);
    window.sessionStorage.removeItem(this._id);
    void this._state?.remove(this._id);
  }

  private _timer = 0;
}

function recalled<T extends object>(id: string): Partial<T> {
  try {
    return JSON.parse(window.sessionStorage.getItem(id) ?? '{}') as Partial<T>;
  } catch {
    return {};
  }
}
