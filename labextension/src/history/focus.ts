import { Observable } from '../models/observable';

/** Which row of a list is the one stop in the tab order, and whether it is to get the focus. */
export class RowFocus extends Observable {
  /** Key of the row that had the focus last. */
  get key(): string | null {
    return this._key;
  }

  /** The one stop in the tab order; `first`: where it is to begin. */
  stop(keys: readonly string[], first?: string): string | undefined {
    return [this._key, first].find(key => typeof key === 'string' && keys.includes(key)) ?? keys[0];
  }

  /** Give the focus to a row. */
  focus(key: string | undefined): void {
    if (key !== undefined) {
      this._wanted = true;
      this._key = key;
      this.notify();
    }
  }

  /** Give the focus to the tab stop, as soon as there is one. */
  enter(): void {
    this._wanted = true;
    this.notify();
  }

  /** A row has got the focus. */
  focused(key: string): void {
    if (this._key !== key) {
      this._key = key;
      this.notify();
    }
  }

  /** Whether the focus is to go to the tab stop now; asked once. */
  take(): boolean {
    const wanted = this._wanted;
    this._wanted = false;
    return wanted;
  }

  private _key: string | null = null;
  private _wanted = false;
}

/** What a key that walks through rows does at the row `key`: the row to go to, if any. */
export function walked(pressed: string, keys: readonly string[], key: string, page = 10): string | undefined {
  const place = keys.indexOf(key);
  const last = keys.length - 1;
  const to: Record<string, number> = {
    ArrowDown: Math.min(place + 1, last),
    ArrowUp: Math.max(place - 1, 0),
    PageDown: Math.min(place + page, last),
    PageUp: Math.max(place - page, 0),
    Home: 0,
    End: last
  };
  const index = to[pressed];
  return index === undefined ? undefined : keys[index];
}
