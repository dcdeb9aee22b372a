import type { ReactWidget } from '@jupyterlab/apputils';

/**
 * Give the focus to an element of a widget once that is drawn, which waits until the browser has time.
 *
 * It stays where it is when a person has gone on to something in the widget meanwhile.
 */
export function focusWhenDrawn(widget: ReactWidget, find: () => HTMLElement | null): void {
  void widget.renderPromise?.then(() => {
    if (!widget.node.contains(document.activeElement)) {
      find()?.focus();
    }
  });
}
