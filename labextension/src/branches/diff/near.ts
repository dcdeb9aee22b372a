/** Pixels above and below the view in which things are drawn. */
const MORE = 1000;

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
