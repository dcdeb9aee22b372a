import * as React from 'react';

/** A row that is being dragged: where it was, and where it would land. */
export interface IDragged {
  readonly from: number;
  readonly to: number;
}

/** Reorders the `[data-row]` elements of a list by dragging; Escape leaves all as it was. */
export function useRowDrag(
  list: React.RefObject<HTMLElement>,
  onDrop: (from: number, to: number) => void
): { dragged: IDragged | null; start(event: React.PointerEvent, index: number): void } {
  const [dragged, setDragged] = React.useState<IDragged | null>(null);
  const drop = React.useRef(onDrop);
  drop.current = onDrop;
  const stop = React.useRef<() => void>(() => {});
  React.useEffect(() => () => stop.current(), []);

  const start = (event: React.PointerEvent, from: number) => {
    if (event.button !== 0) {
      return;
    }
    event.preventDefault();
    let to = from;
    const listening = new AbortController();
    const { signal } = listening;
    stop.current = () => {
      listening.abort();
      setDragged(null);
    };
    window.addEventListener(
      'pointermove',
      move => {
        to = rowAt(list.current, move.clientY);
        setDragged({ from, to });
      },
      { signal }
    );
    window.addEventListener(
      'pointerup',
      () => {
        stop.current();
        if (to !== from) {
          drop.current(from, to);
        }
      },
      { signal }
    );
    window.addEventListener('pointercancel', () => stop.current(), { signal });
    window.addEventListener(
      'keydown',
      key => {
        if (key.key === 'Escape') {
          key.preventDefault();
          key.stopPropagation();
          stop.current();
        }
      },
      { signal, capture: true }
    );
    setDragged({ from, to });
  };
  return { dragged, start };
}

/** The row at a height of the window: the last one whose upper edge is not below it. */
function rowAt(list: HTMLElement | null, y: number): number {
  const rows = [...(list?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
  const at = rows.findLastIndex(row => row.getBoundingClientRect().top <= y);
  return Math.max(0, at);
}
