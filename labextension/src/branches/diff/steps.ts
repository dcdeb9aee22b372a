import * as React from 'react';

import type { IGoal } from './items';

interface ISteps {
  readonly current: string | null;
  readonly goal: IGoal | null;
  /** It has the focus now. */
  setCurrent(key: string): void;
  /** Show this one. */
  go(key: string): void;
  step(by: 1 | -1): void;
}

/** The place in a list of boxes: which one is looked at, and the way to the next. */
export function useSteps(keys: readonly string[]): ISteps {
  const [current, setCurrent] = React.useState<string | null>(null);
  const [goal, setGoal] = React.useState<IGoal | null>(null);
  const go = (key: string) => {
    setCurrent(key);
    setGoal({ key });
  };
  return {
    current,
    goal,
    setCurrent,
    go,
    step: by => {
      const key = stepped(keys, current, by);
      if (key !== null) {
        go(key);
      }
    }
  };
}

/** The element that takes the keys of a page gets the focus that the tab had before it was there. */
export function takeFocus(parts: HTMLDivElement | null): void {
  if (parts && document.activeElement === parts.closest('.jps-Changes')) {
    parts.focus({ preventScroll: true });
  }
}

/** The key before or behind the current one; the ends stay. */
export function stepped(keys: readonly string[], current: string | null, by: 1 | -1): string | null {
  const at = current === null ? -1 : keys.indexOf(current);
  if (at < 0) {
    return (by > 0 ? keys[0] : keys.at(-1)) ?? null;
  }
  return keys[Math.max(0, Math.min(keys.length - 1, at + by))] ?? null;
}

export type Act = 'accept' | 'reject' | 'next' | 'previous' | 'approve';

/** What a key means in a view of changes; `null` where a person writes. */
export function actOf(event: {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  target: EventTarget | null;
}): Act | null {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    return 'approve';
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) {
    return null;
  }
  return ACTS[event.key.toLowerCase()] ?? null;
}

const ACTS: Readonly<Record<string, Act | undefined>> = {
  a: 'accept',
  r: 'reject',
  n: 'next',
  p: 'previous'
};

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.matches('input:not([type="checkbox"]), textarea, select') ||
      target.closest('[contenteditable="true"], .cm-editor') !== null)
  );
}
