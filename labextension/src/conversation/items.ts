import type { Heights } from './windowing';

/** The elements of the entries that are in the document, watched for their size. */
export class Items {
  constructor(onResize: () => void) {
    this._sizes = new ResizeObserver(onResize);
  }

  get(key: string): HTMLElement | undefined {
    return this._items.get(key);
  }

  /** Watch another element too: the one that scrolls. */
  watch(element: HTMLElement): void {
    this._sizes.observe(element);
  }

  measure(heights: Heights): void {
    for (const [key, item] of this._items) {
      heights.measured(key, item.getBoundingClientRect().height);
    }
  }

  /** The same function for the same key, so that React calls it only when the element comes or goes. */
  ref(key: string): (item: HTMLDivElement | null) => void {
    let ref = this._refs.get(key);
    if (!ref) {
      ref = item => this._set(key, item);
      this._refs.set(key, ref);
    }
    return ref;
  }

  disconnect(): void {
    this._sizes.disconnect();
  }

  private _set(key: string, item: HTMLDivElement | null): void {
    const old = this._items.get(key);
    if (old && old !== item) {
      this._sizes.unobserve(old);
      this._items.delete(key);
      this._refs.delete(key);
    }
    if (item) {
      this._items.set(key, item);
      this._sizes.observe(item);
    }
  }

  private _items = new Map<string, HTMLDivElement>();
  private _refs = new Map<string, (item: HTMLDivElement | null) => void>();
  private _sizes: ResizeObserver;
}

const MARKED_MS = 2000;

/** Mark an entry for a moment, and let the keyboard and screen readers go on from there. */
export function showFound(item: HTMLElement): void {
  item.classList.add('jps-mod-found');
  window.setTimeout(() => item.classList.remove('jps-mod-found'), MARKED_MS);
  item.querySelector<HTMLElement>('[data-block]')?.focus({ preventScroll: true });
}
