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
  let hasGone = false;
  // Menus and dialogs of the box lie outside of it.
  const outside = (node: EventTarget | null): node is Element =>
    node instanceof Element && !box.contains(node) && !node.closest('.lm-Menu, .jp-Dialog');
  const pressed = (event: Event) => outside(event.target) && left();
  const keyed = (event: KeyboardEvent) => {
    hasGone = event.key === 'Tab' || event.ctrlKey || event.metaKey || event.altKey;
  };
  const focused = ({ target, relatedTarget }: FocusEvent) => {
    if (!outside(relatedTarget)) {
      return;
    }
    // JupyterLab gives the focus to a notebook late: when it is loaded, or its kernel is shut down.
    if (!hasGone && relatedTarget.closest('.jp-Notebook') && target instanceof HTMLElement) {
      takeBack(target);
    } else {
      left();
    }
  };
  document.addEventListener('pointerdown', pressed, true);
  box.addEventListener('keydown', keyed, true);
  box.addEventListener('focusout', focused);
  window.addEventListener('resize', left);
  return () => {
    document.removeEventListener('pointerdown', pressed, true);
    box.removeEventListener('keydown', keyed, true);
    box.removeEventListener('focusout', focused);
    window.removeEventListener('resize', left);
  };
}

/** Give an element the focus again; in a field, the caret stays where it was. */
function takeBack(element: HTMLElement): void {
  const [from, to] =
    element instanceof HTMLInputElement ? [element.selectionStart, element.selectionEnd] : [null, null];
  element.focus();
  if (from !== null) {
    (element as HTMLInputElement).setSelectionRange(from, to);
  }
}
