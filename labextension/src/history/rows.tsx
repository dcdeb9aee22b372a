import * as React from 'react';

import { useModel } from '../models/observable';
import { type RowFocus, walked } from './focus';
import { topsOf, useWindow } from './windowing';

/** How a row is drawn by the list that it lies in. */
export interface IPlacing {
  readonly index: number;
  readonly active: boolean;
  /** Its upper edge. */
  readonly top: number;
  readonly height: number;
}

export function styleOf({ top, height }: IPlacing): React.CSSProperties {
  return { transform: `translateY(${top}px)`, height };
}

interface IRowsProps {
  label: string;
  className: string;
  /** One for each row. */
  keys: readonly string[];
  heights: readonly number[];
  focus: RowFocus;
  /** Where the tab order enters the list at first. */
  first?: string;
  /** The rows' keys that can have the focus; all when left out. */
  stops?: readonly string[];
  /** Row of column names, that stays in sight. */
  head?: React.ReactNode;
  /** A row that has a field with the focus of its own. */
  editing?: string | null;
  render(index: number, placing: IPlacing): React.ReactNode;
  /** A key that does not walk; tells whether it did something. */
  onKey(event: React.KeyboardEvent, key: string): boolean;
  onPress(event: React.MouseEvent, key: string): void;
  onMenu?(at: { x: number; y: number }, key: string): void;
  /** Rows up to this index are drawn. */
  onDrawn?(end: number): void;
}

/** A grid with one stop in the tab order, of which only what is in view is drawn. */
export function Rows(props: IRowsProps): React.JSX.Element {
  const { keys, heights, focus, onDrawn } = props;
  useModel(focus);
  const grid = React.useRef<HTMLDivElement>(null);
  const tops = React.useMemo(() => topsOf(heights), [heights]);
  const { range, onScroll, reveal } = useWindow(grid, tops);
  const stops = props.stops ?? keys;
  const stop = focus.stop(stops, props.first);
  const onBlur = useFocus(grid, props, stop, reveal);
  React.useEffect(() => onDrawn?.(range.end), [onDrawn, range.end]);
  const drawn = keys.flatMap((key, index) =>
    (index >= range.start && index < range.end) || key === stop || key === props.editing ? [index] : []
  );
  return (
    <div
      ref={grid}
      role="grid"
      aria-label={props.label}
      aria-rowcount={keys.length + (props.head ? 1 : 0)}
      className={`jps-Rows ${props.className}`}
      onScroll={onScroll}
      onBlur={onBlur}
      onFocus={event => keyAt(event.target) && focus.focused(keyAt(event.target))}
      {...handlersOf(props, stops)}
    >
      {props.head}
      <div role="rowgroup" className="jps-Rows-all" style={{ height: tops.at(-1) }}>
        {drawn.map(index =>
          props.render(index, {
            index: index + (props.head ? 2 : 1),
            active: keys[index] === stop,
            top: tops[index] ?? 0,
            height: heights[index] ?? 0
          })
        )}
      </div>
    </div>
  );
}

/** Bring the focus to the tab stop when it is wanted there, or when the row that had it is gone. */
function useFocus(
  grid: React.RefObject<HTMLElement | null>,
  { keys, focus, head, editing }: IRowsProps,
  stop: string | undefined,
  reveal: (index: number, above: number) => void
): () => void {
  // Nothing is told when the element that has the focus goes.
  const had = React.useRef<number | null>(null);
  React.useLayoutEffect(() => {
    if (stop !== undefined && focus.take() && isFree(grid.current)) {
      reveal(keys.indexOf(stop), head ? HEAD : 0);
      if (editing === null || editing === undefined) {
        rowOf(grid.current, stop)?.focus({ preventScroll: true });
      }
    } else if (had.current !== null && document.activeElement === document.body) {
      focus.focus(keys[Math.min(had.current, keys.length - 1)]);
    }
    const focused = grid.current?.contains(document.activeElement) ? document.activeElement : null;
    had.current = focused && keyAt(focused) ? keys.indexOf(keyAt(focused)) : null;
  });
  return () => {
    had.current = null;
  };
}

/** Whether the focus can be taken: it is in the same tab, or nowhere. */
function isFree(grid: HTMLElement | null): boolean {
  const { activeElement } = document;
  const page = grid?.closest('.jps-Page');
  return activeElement === document.body || Boolean(page?.contains(activeElement));
}

/** Height of the row of column names. */
const HEAD = 32;

function handlersOf(props: IRowsProps, stops: readonly string[]): React.HTMLAttributes<HTMLElement> {
  const { focus, onKey, onPress, onMenu } = props;
  return {
    onKeyDown: event => {
      const key = keyAt(event.target);
      if (!key || event.metaKey || takesKey(event)) {
        return;
      }
      const next = event.altKey || event.ctrlKey ? undefined : walked(event.key, stops, key);
      if (next !== undefined) {
        focus.focus(next);
      } else if (!sideways(event) && !onKey(event, key)) {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    },
    onClick: event => {
      const key = keyAt(event.target);
      if (key) {
        onPress(event, key);
      }
    },
    onContextMenu: event => {
      const row = (event.target as HTMLElement).closest<HTMLElement>('[data-key]');
      if (row && onMenu) {
        event.preventDefault();
        event.stopPropagation();
        const { left, bottom } = row.getBoundingClientRect();
        // From the keyboard the point is not that of a pointer.
        const at = event.button === 2 ? { x: event.clientX, y: event.clientY } : { x: left + 18, y: bottom };
        onMenu(at, row.dataset.key ?? '');
      }
    }
  };
}

/** The key belongs to the field or button that has the focus. */
function takesKey({ target, key }: React.KeyboardEvent): boolean {
  const pressed = target instanceof HTMLButtonElement && ['Enter', ' '].includes(key);
  return pressed || target instanceof HTMLInputElement;
}

/** From a row to its buttons with → and back with ←; tells whether it did. */
function sideways({ target, key, altKey, ctrlKey }: React.KeyboardEvent): boolean {
  const row = (target as HTMLElement).closest<HTMLElement>('[data-key]');
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (!row || step === undefined || altKey || ctrlKey) {
    return false;
  }
  const stops = [row, ...row.querySelectorAll<HTMLElement>('button[data-act]:not(:disabled)')];
  const next = stops[stops.indexOf(target as HTMLElement) + step];
  next?.focus();
  return next !== undefined;
}

function rowOf(grid: HTMLElement | null, key: string): HTMLElement | null {
  return grid?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? null;
}

/** Key of the row that something lies in. */
function keyAt(target: EventTarget): string {
  return (target as HTMLElement).closest<HTMLElement>('[data-key]')?.dataset.key ?? '';
}

/** What is pressed in a row. */
export function actAt(target: EventTarget): string | undefined {
  return (target as HTMLElement).closest<HTMLElement>('[data-act]')?.dataset.act;
}
