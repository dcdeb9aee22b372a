import * as React from 'react';

import { type ILayout, type IView, rangeOf, ROW, scrolledTo } from './rows';

/** Scrolling is looked at in steps of this many pixels. */
const STEP = 3 * ROW;

interface IScrolling {
  /** Rows that are drawn. */
  readonly range: { start: number; end: number };
  onScroll(): void;
  /** Bring a row into view. */
  reveal(index: number): void;
}

/** Which rows of a long list are in view; the list comes back where `kept` says that it was. */
export function useScrolling(
  scroller: React.RefObject<HTMLElement | null>,
  layout: ILayout,
  kept: { scrollTop: number }
): IScrolling {
  const [view, setView] = React.useState<IView>({ top: 0, height: 800 });
  const look = React.useCallback(() => {
    const node = scroller.current;
    if (node && node.clientHeight > 0) {
      kept.scrollTop = node.scrollTop;
      const top = Math.floor(node.scrollTop / STEP) * STEP;
      const height = Math.ceil(node.clientHeight / STEP + 1) * STEP;
      setView(before => (before.top === top && before.height === height ? before : { top, height }));
    }
  }, [scroller, kept]);
  React.useLayoutEffect(() => {
    const sizes = new ResizeObserver(look);
    if (scroller.current) {
      scroller.current.scrollTop = kept.scrollTop;
      sizes.observe(scroller.current);
    }
    return () => sizes.disconnect();
  }, [scroller, kept, look]);
  const reveal = (index: number) => {
    const node = scroller.current;
    if (node) {
      node.scrollTop = scrolledTo(layout, index, { top: node.scrollTop, height: node.clientHeight });
      look();
    }
  };
  return { range: rangeOf(layout, view), onScroll: look, reveal };
}
