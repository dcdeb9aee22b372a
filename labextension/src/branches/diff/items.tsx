import * as React from 'react';

import { FIRST, type Nearness, useNear, useNearness } from './near';

/** Something in a column of boxes. */
export interface IItem {
  readonly key: string;
  /** Name for screen readers. */
  readonly label: string;
  /** Height in pixels until it was drawn. */
  readonly height: number;
}

/** A place that was asked for; a new object each time. */
export interface IGoal {
  readonly key: string;
}

interface IItemsProps<T extends IItem> {
  items: readonly T[];
  label: string;
  current: string | null;
  goal: IGoal | null;
  onCurrent(key: string): void;
  render(item: T): React.JSX.Element;
}

/** A column of boxes, of which only those near the view are drawn. */
export function Items<T extends IItem>(props: IItemsProps<T>): React.JSX.Element {
  const { items, label, current, goal, onCurrent, render } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  const nearness = useNearness(scroller);
  React.useEffect(() => {
    if (goal) {
      bring(scroller.current, goal.key);
    }
  }, [goal]);
  return (
    <div ref={scroller} className="jps-Changes-items" role="region" aria-label={label} tabIndex={-1}>
      {items.map((item, index) => (
        <Near key={item.key} item={item} first={index < FIRST} nearness={nearness}>
          {near => (
            <div
              role="group"
              aria-label={item.label}
              aria-current={item.key === current || undefined}
              className={`jps-Changes-item${item.key === current ? ' jps-mod-current' : ''}`}
              data-item={item.key}
              tabIndex={-1}
              onFocus={() => onCurrent(item.key)}
            >
              {near && render(item)}
            </div>
          )}
        </Near>
      ))}
    </div>
  );
}

interface INearProps {
  item: IItem;
  first: boolean;
  nearness: Nearness | null;
  children(near: boolean): React.JSX.Element;
}

/** Keeps the place of what is not drawn. */
function Near({ item, first, nearness, children }: INearProps): React.JSX.Element {
  const { host, near, style } = useNear<HTMLDivElement>(nearness, item.height, first);
  return (
    <div ref={host} style={style}>
      {children(near)}
    </div>
  );
}

/** Show a box, and let the keyboard go on from there. */
function bring(scroller: HTMLElement | null, key: string): void {
  const item = scroller?.querySelector<HTMLElement>(`[data-item="${CSS.escape(key)}"]`);
  if (!item) {
    return;
  }
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block: 'start' });
  // What is drawn now may be higher than it was thought to be.
  window.requestAnimationFrame(() =>
    window.requestAnimationFrame(() => item.scrollIntoView({ block: 'nearest' }))
  );
}
