import type { ReactWidget } from '@jupyterlab/apputils';

/**
 * Give the focus to an element of a widget once that is drawn, which waits until the browser has time.
 *
 * Until then the widget has it: keys would do something in the notebook that had it before. It stays
 * where it is when a person has gone on to something in the widget meanwhile.
 */
export function focusWhenDrawn(widget: ReactWidget, find: () => HTMLElement | null): void {
  const { node } = widget;
  takeKeys(node);
  void widget.renderPromise?.then(() => {
    const { activeElement } = document;
    if (activeElement === node || !node.contains(activeElement)) {
      find()?.focus();
    }
  });
}

/** Give the keys to a box until what is to have them is drawn, unless that is there and has them. */
export function takeKeys(box: HTMLElement): void {
  if (!box.contains(document.activeElement)) {
    box.tabIndex = -1;
    box.focus({ preventScroll: true });
  }
}

/**
 * Keep the keys to ourselves while what a person asked for is loaded: in a notebook they would change cells.
 *
 * Then what had the focus has it again, unless the person has gone on to something else.
 */
export async function withKeysHeld<T>(load: () => Promise<T>): Promise<T> {
  const before = document.activeElement;
  const holder = document.createElement('div');
  holder.style.position = 'fixed';
  document.body.append(holder);
  takeKeys(holder);
  try {
    return await load();
  } finally {
    const held = document.activeElement === holder;
    holder.remove();
    if (held && before instanceof HTMLElement) {
      before.focus({ preventScroll: true });
    }
  }
}
