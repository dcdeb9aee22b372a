/** What the keyboard does in the tree. */
export interface ITreeKeys {
  /** Where a key walks to, if it walks. */
  walk(pressed: string): string | undefined;
  go(key: string): void;
  open(): void;
  select(): void;
}

/** What a key does in the tree, if anything. */
export function keyAction(
  event: { key: string; altKey: boolean; ctrlKey: boolean; metaKey: boolean },
  to: ITreeKeys
): (() => void) | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey) {
    return undefined;
  }
  if (event.key === 'Enter') {
    return to.open;
  }
  if (event.key === ' ') {
    return to.select;
  }
  const next = to.walk(event.key);
  return next === undefined ? undefined : () => to.go(next);
}
