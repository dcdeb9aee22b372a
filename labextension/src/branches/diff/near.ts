import * as React from 'react';

/** Pixels above and below the view in which things are drawn. */
const MORE = 1000;
/** What is drawn at once: the first screen. */
export const FIRST = 6;

/** Tells elements when they come near what is in view of a scroller, and when they leave. */
export class Nearness {
  constructor(scroller: HTMLElement) {
    this._observer = new IntersectionObserver(
      entries => entries.forEach(each => this._listeners.get(each.target)?.(each.isIntersecting)),
      { root: scroller, rootMargin: `${MORE}px 0px` }
    );
  }

  watch(element: HTMLElement, listener: (near: boolean) => void): () => void {
    this._listeners.set(element, listener);
    this._observer.observe(element);
    return () => {
      this._listeners.delete(element);
      this._observer.unobserve(element);
    };
  }

  dispose(): void {
    this._observer.disconnect();
    this._listeners.clear();
  }

  private _observer: IntersectionObserver;
  private _listeners = new Map<Element, (near: boolean) => void>();
}

/** Tells what is near the view of a scroller; `null` until that is there. */
export function useNearness(scroller: React.RefObject<HTMLElement | null>): Nearness | null {
  const [nearness, setNearness] = React.useState<Nearness | null>(null);
  React.useLayoutEffect(() => {
    const made = scroller.current && new Nearness(scroller.current);
    setNearness(made);
    return () => made?.dispose();
  }, [scroller]);
  return nearness;
}

interface INear<T extends HTMLElement> {
  readonly host: React.RefObject<T>;
  readonly near: boolean;
  /** Keeps the place of what is not drawn. */
  readonly style: React.CSSProperties | undefined;
}

/** Whether an element is near the view; `expected`: its height in pixels until it was drawn. */
export function useNear<T extends HTMLElement>(
  nearness: Nearness | null,
  expected: number,
  first: boolean
): INear<T> {
  const host = React.useRef<T>(null);
  const [near, setNear] = React.useState(first);
  const [height, setHeight] = React.useState(expected);
  React.useLayoutEffect(() => {
    const element = host.current;
    return element && nearness
      ? nearness.watch(element, now => {
          if (!now && !element.contains(document.activeElement)) {
            setHeight(element.getBoundingClientRect().height || expected);
            setNear(false);
          } else if (now) {
            setNear(true);
          }
        })
      : undefined;
  }, [nearness, expected]);
  return { host, near, style: near ? undefined : { height } };
}
