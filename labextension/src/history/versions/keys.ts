import type { Entry } from './entries';

/** What the keyboard does at a version, besides walking. */
export interface IVersionKeys {
  enter(): void;
  name(): void;
  restore(): void;
  fold(open: boolean): void;
}

/** What a key does at an entry of the history, if anything. */
export function keyAction(
  event: { key: string; altKey: boolean; ctrlKey: boolean; metaKey: boolean },
  entry: Entry,
  to: IVersionKeys
): (() => void) | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey) {
    return undefined;
  }
  const group: Record<string, () => void> = {
    ArrowRight: () => to.fold(true),
    ArrowLeft: () => to.fold(false),
    Enter: to.enter
  };
  const version: Record<string, () => void> = {
    Enter: to.enter,
    F2: to.name,
    n: to.name,
    N: to.name,
    r: to.restore,
    R: to.restore
  };
  return entry.kind === 'group'
    ? group[event.key]
    : entry.kind === 'version'
      ? version[event.key]
      : undefined;
}
