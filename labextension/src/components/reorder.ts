import * as React from 'react';

/** What a row and its grip need so that the row can be moved by pointer and keyboard. */
export interface IReorder {
  /** Place where the dragged row would land, counted with it; `null` without a drag. */
  readonly target: number | null;
  grip(index: number): {
    onPointerDown(event: React.PointerEvent<HTMLElement>): void;
    onPointerMove(event: React.PointerEvent<HTMLElement>): void;
    onPointerUp(event: React.PointerEvent<HTMLElement>): void;
    onPointerCancel(event: React.PointerEvent<HTMLElement>): void;
    onKeyDown(event: React.KeyboardEvent<HTMLElement>): void;
  };
}

/**
 * Move rows of a list: `[data-row]` elements below the grip's `[data-rows]`.
 *
 * `move(from, to)` gets the place without the moved row.
 */
export function useReorder(count: number, move: (from: number, to: number) => void): IReorder {
  const [target, setTarget] = React.useState<number | null>(null);
  const dragged = React.useRef<number | null>(null);
  const end = () => {
    dragged.current = null;
    setTarget(null);
  };
  return {
    target,
    grip: index => ({
      onPointerDown: event => {
        if (event.button === 0) {
          event.currentTarget.setPointerCapture(event.pointerId);
          dragged.current = index;
          setTarget(index);
        }
      },
      onPointerMove: event => {
        if (dragged.current !== null) {
          setTarget(placeAt(event.currentTarget, event.clientY));
        }
      },
      onPointerUp: event => {
        const from = dragged.current;
        if (from !== null) {
          const to = placeAt(event.currentTarget, event.clientY);
          end();
          if (to !== from && to !== from + 1) {
            move(from, to > from ? to - 1 : to);
          }
        }
      },
      onPointerCancel: end,
      onKeyDown: event => {
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (event.key === 'Escape' && dragged.current !== null) {
          end();
        } else if (step !== undefined && index + step >= 0 && index + step < count) {
          move(index, index + step);
        } else {
          return;
        }
        event.preventDefault();
        event.stopPropagation();
      }
    })
  };
}

/** Number of rows whose middle lies above a height. */
function placeAt(grip: HTMLElement, y: number): number {
  const rows = [...(grip.closest('[data-rows]')?.querySelectorAll('[data-row]') ?? [])];
  return rows.filter(row => {
    const { top, height } = row.getBoundingClientRect();
    return top + height / 2 < y;
  }).length;
}
