/** What the keyboard does at a branch, besides walking. */
export interface IBranchKeys {
  open(): void;
  rename(): void;
  ask(): void;
}

/** What a key does at a branch, if anything. */
export function keyAction(
  event: { key: string; altKey: boolean; ctrlKey: boolean; metaKey: boolean },
  to: IBranchKeys
): (() => void) | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey) {
    return undefined;
  }
  const keys: Record<string, () => void> = { Enter: to.open, F2: to.rename, Delete: to.ask };
  return keys[event.key];
}
