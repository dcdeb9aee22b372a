/** Put a box below what it belongs to, or above it where there is more room; without one, at the top. */
export function place(box: HTMLElement, at: HTMLElement | null): void {
  const margin = 4;
  if (!at?.isConnected) {
    box.style.left = `${Math.max(margin, (window.innerWidth - box.offsetWidth) / 2)}px`;
    box.style.top = '64px';
    return;
  }
  const rect = at.getBoundingClientRect();
  const below = window.innerHeight - rect.bottom;
  const upwards = below < 360 && rect.top > below;
  box.style.maxHeight = `${Math.max(120, (upwards ? rect.top : below) - 2 * margin)}px`;
  const left = Math.min(rect.left, window.innerWidth - box.offsetWidth - margin);
  box.style.left = `${Math.max(margin, left)}px`;
  // Held at the edge that it grows from.
  box.style.top = upwards ? '' : `${rect.bottom + 2}px`;
  box.style.bottom = upwards ? `${window.innerHeight - rect.top + 2}px` : '';
}

/** Call when a person turns to something else: clicks or tabs away, or the window changes. */
export function onLeft(box: HTMLElement, left: () => void): () => void {
  // Menus and dialogs of the box lie outside of it.
  const outside = (node: EventTarget | null) =>
    node instanceof Node &&
    !box.contains(node) &&
    !(node instanceof Element && node.closest('.lm-Menu, .jp-Dialog'));
  const pressed = (event: Event) => outside(event.target) && left();
  const focused = (event: FocusEvent) => outside(event.relatedTarget) && left();
  document.addEventListener('pointerdown', pressed, true);
  box.addEventListener('focusout', focused);
  window.addEventListener('resize', left);
  return () => {
    document.removeEventListener('pointerdown', pressed, true);
    box.removeEventListener('focusout', focused);
    window.removeEventListener('resize', left);
  };
}
