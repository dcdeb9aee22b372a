import * as React from 'react';

/** Pixels drawn above and below the view. */
const MORE = 264;
/** Scrolling is looked at in steps of this many pixels. */
const STEP = 132;

export interface IView {
  readonly top: number;
  readonly height: number;
}

/** Where rows of these heights begin, and behind the last one: where they end. */
export function topsOf(heights: readonly number[]): number[] {
  const tops = [0];
  for (const height of heights) {
    tops.push((tops.at(-1) ?? 0) + height);
  }
  return tops;
}

/** The row that lies at this height. */
export function rowAt(tops: readonly number[], y: number): number {
  let low = 0;
  let high = Math.max(0, tops.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= y) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

/** The first row that is drawn for this view, and one behind the last. */
export function rangeOf(tops: readonly number[], { top, height }: IView): { start: number; end: number } {
  const count = tops.length - 1;
  return count === 0
    ? { start: 0, end: 0 }
    : { start: rowAt(tops, top - MORE), end: rowAt(tops, top + height + MORE) + 1 };
}

/** Scroll position from which the row at this index is seen whole, as near as can be. */
export function scrolledTo(tops: readonly number[], index: number, { top, height }: IView): number {
  const begin = tops[index] ?? 0;
  const end = tops[index + 1] ?? begin;
  return begin < top ? begin : end > top + height ? end - height : top;
}

interface IWindow {
  /** Rows that are drawn. */
  readonly range: { start: number; end: number };
  onScroll(): void;
  /** Bring a row into view; `above` pixels of the view are covered by a head. */
  reveal(index: number, above: number): void;
}

/** Which rows of a long list are in view. */
export function useWindow(scroller: React.RefObject<HTMLElement | null>, tops: readonly number[]): IWindow {
  const [view, setView] = React.useState<IView>({ top: 0, height: 800 });
  const look = React.useCallback(() => {
    const node = scroller.current;
    if (node && node.clientHeight > 0) {
      const top = Math.floor(node.scrollTop / STEP) * STEP;
      const height = Math.ceil(node.clientHeight / STEP + 1) * STEP;
      setView(before => (before.top === top && before.height === height ? before : { top, height }));
    }
  }, [scroller]);
  React.useLayoutEffect(() => {
    const sizes = new ResizeObserver(look);
    if (scroller.current) {
      sizes.observe(scroller.current);
    }
    return () => sizes.disconnect();
  }, [scroller, look]);
  const reveal = (index: number, above: number) => {
    const node = scroller.current;
    if (node) {
      const seen = { top: node.scrollTop, height: node.clientHeight - above };
      node.scrollTop = scrolledTo(tops, index, seen);
      look();
    }
  };
  return { range: rangeOf(tops, view), onScroll: look, reveal };
}
