/** Space between the blocks of a log is part of their height. */
const ESTIMATE = 64;

export interface IRange {
  /** First entry shown. */
  start: number;
  /** One behind the last entry shown. */
  end: number;
}

/** Where the view stands: an entry, and how many pixels of it are above the upper edge. */
export interface IAnchor {
  key: string;
  offset: number;
}

/** Heights of the entries of a log, measured or guessed, and where each begins. */
export class Heights {
  /** Use these entries, in this order. */
  layout(keys: readonly string[]): void {
    this._keys = keys;
    this._dirty = true;
  }

  /** Note a measured height; tells whether anything has changed by it. */
  measured(key: string, height: number): boolean {
    const old = this._heights.get(key);
    if (old !== undefined && Math.abs(old - height) < 0.5) {
      return false;
    }
    this._heights.set(key, height);
    this._dirty = true;
    return true;
  }

  /** Height of an entry if it was measured. */
  known(key: string): number | undefined {
    return this._heights.get(key);
  }

  get total(): number {
    return this._place(this._keys.length);
  }

  /** Where the entry at this index begins. */
  top(index: number): number {
    return this._place(index);
  }

  indexOf(key: string): number {
    this._settle();
    return this._index.get(key) ?? -1;
  }

  /** The entry at this height of the log. */
  at(y: number): number {
    this._settle();
    let low = 0;
    let high = this._keys.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this._place(middle) <= y) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return Math.max(0, low);
  }

  /** The entries that a view needs, and some more above and below. */
  range(top: number, height: number, more: number): IRange {
    if (this._keys.length === 0) {
      return { start: 0, end: 0 };
    }
    return { start: this.at(top - more), end: this.at(top + height + more) + 1 };
  }

  anchorAt(top: number): IAnchor | null {
    const index = this.at(top);
    const key = this._keys[index];
    return key === undefined ? null : { key, offset: top - this._place(index) };
  }

  /** Scroll position at which the anchor stands where it stood; `null` when its entry is gone. */
  topOf(anchor: IAnchor): number | null {
    const index = this.indexOf(anchor.key);
    return index < 0 ? null : this._place(index) + anchor.offset;
  }

  private _place(index: number): number {
    this._settle();
    return this._tops[index] ?? 0;
  }

  private _settle(): void {
    if (!this._dirty) {
      return;
    }
    this._dirty = false;
    this._index = new Map();
    this._tops = new Array<number>(this._keys.length + 1);
    let top = 0;
    this._keys.forEach((key, index) => {
      this._index.set(key, index);
      this._tops[index] = top;
      top += this._heights.get(key) ?? ESTIMATE;
    });
    this._tops[this._keys.length] = top;
  }

  private _keys: readonly string[] = [];
  private _heights = new Map<string, number>();
  private _tops: number[] = [0];
  private _index = new Map<string, number>();
  private _dirty = true;
}
