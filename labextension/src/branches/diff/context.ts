import * as React from 'react';

import type { Colours } from './colours';
import type { CellContents } from './contents';

/** How changes are looked at. */
export interface ILook {
  readonly split: boolean;
  readonly outputs: boolean;
}

export const LOOK: ILook = { split: false, outputs: false };

/** What the boxes of one page share. */
export interface IDiffContext {
  readonly look: ILook;
  readonly colours: Colours;
  readonly contents: CellContents;
  /** What stays as the person left it although its box was out of sight. */
  readonly kept: Map<string, unknown>;
}

export const DiffContext = React.createContext<IDiffContext | null>(null);

export function useDiff(): IDiffContext {
  const context = React.useContext(DiffContext);
  if (!context) {
    throw new Error('A cell of a diff is shown outside of one.');
  }
  return context;
}

/** State that outlives its component, for as long as the page is open. */
export function useKept<T>(key: string, initial: T): [T, (value: T) => void] {
  const { kept } = useDiff();
  const [, again] = React.useReducer((count: number) => count + 1, 0);
  const value = kept.has(key) ? (kept.get(key) as T) : initial;
  const set = (next: T) => {
    kept.set(key, next);
    again();
  };
  return [value, set];
}
