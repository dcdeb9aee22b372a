import * as React from 'react';

import type { Colours } from './colours';
import type { CellContents } from './contents';
import type { Kept } from './kept';

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
  readonly kept: Kept;
}

export const DiffContext = React.createContext<IDiffContext | null>(null);

export function useDiff(): IDiffContext {
  const context = React.useContext(DiffContext);
  if (!context) {
    throw new Error('A cell of a diff is shown outside of one.');
  }
  return context;
}

/** State that outlives its component, for as long as the page is open; shared by all that name it. */
export function useKept<T>(name: string, initial: T): [T, (value: T) => void] {
  const { kept } = useDiff();
  const follow = React.useCallback((listener: () => void) => kept.follow(name, listener), [kept, name]);
  React.useSyncExternalStore(follow, () => kept.get(name));
  return [kept.has(name) ? (kept.get(name) as T) : initial, value => kept.set(name, value)];
}
