import * as React from 'react';

/** A row that is being dragged, and the place where it would land: rows come and go meanwhile. */
export interface IDragged {
  readonly id: string;
  readonly to: number;
}

/** Reorders the rows of a list by dragging; Escape leaves all as it was. */
export function useRowDrag(
  list: React.RefObject<HTMLElement>,
  onDrop: (dragged: IDragged) => void
): { dragged: IDragged | null; start(event: React.PointerEvent, id: string): void } {
  const [dragged, setDragged] = React.useState<IDragged | null>(null);
  const drop = React.useRef(onDrop);
  drop.current = onDrop;
  const stop = React.useRef<() => void>(() => {});
  React.useEffect(() => () => stop.current(), []);

  const start = (event: React.PointerEvent, id: string) => {
    if (event.button !== 0) {
      return;
    }
    event.preventDefault();
    let hasMoved = false;
    const listening = new AbortController();
    const { signal } = listening;
    stop.current = () => {
      listening.abort();
      setDragged(null);
    };
    window.addEventListener(
      'pointermove',
      move => {
        hasMoved = true;
        setDragged({ id, to: rowAt(list.current, move.clientY) });
      },
      { signal }
    );
    window.addEventListener(
      'pointerup',
      up => {
        stop.current();
        if (hasMoved) {
          drop.current({ id, to: rowAt(list.current, up.clientY) });
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
    setDragged({ id, to: rowAt(list.current, event.clientY) });
  };
  return { dragged, start };
}

/** The row at a height of the window: the last one whose upper edge is not below it. */
function rowAt(list: HTMLElement | null, y: number): number {
  const rows = [...(list?.querySelectorAll<HTMLElement>('[role=listitem]') ?? [])];
  const at = rows.findLastIndex(row => row.getBoundingClientRect().top <= y);
  return Math.max(0, at);
}
