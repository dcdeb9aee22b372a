import type * as React from 'react';

/** Keyboard in the log: up and down by block, left and right fold and unfold, Escape to the composer. */
export class LogKeys {
  constructor(
    private readonly _log: () => HTMLElement | null,
    private readonly _escape: () => void,
    private readonly _end: () => void
  ) {}

  onKeyDown(event: React.KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches('input, textarea, select')) {
      return;
    }
    const act = this._action(event.key, target);
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  }

  private _action(key: string, target: HTMLElement): (() => void) | undefined {
    const block = target.closest<HTMLElement>('[data-block]');
    switch (key) {
      case 'ArrowDown':
        return () => this._move(block, 1);
      case 'ArrowUp':
        return () => this._move(block, -1);
      case 'ArrowRight':
        return () => fold(block, true);
      case 'ArrowLeft':
        return () => fold(block, false);
      case 'Home':
        return () => this._log()?.scrollTo({ top: 0 });
      case 'End':
        return this._end;
      case 'Escape':
        return this._escape;
      case 'Enter':
        return block === target ? () => block.querySelector<HTMLElement>('button, a')?.click() : undefined;
      default:
        return undefined;
    }
  }

  private _move(from: HTMLElement | null, step: number): void {
    const log = this._log();
    const blocks = [...(log?.querySelectorAll<HTMLElement>('[data-block]') ?? [])];
    const to = from ? blocks[blocks.indexOf(from) + step] : firstInView(log, blocks);
    if (to) {
      to.focus({ preventScroll: true });
      to.scrollIntoView({ block: 'nearest' });
    } else if (log) {
      log.scrollBy({ top: step * 40 });
    }
  }
}

function firstInView(log: HTMLElement | null, blocks: HTMLElement[]): HTMLElement | undefined {
  const top = log?.getBoundingClientRect().top ?? 0;
  return blocks.find(block => block.getBoundingClientRect().bottom > top + 8);
}

function fold(block: HTMLElement | null, open: boolean): void {
  const handle = block?.matches('[aria-expanded]')
    ? block
    : block?.querySelector<HTMLElement>('[aria-expanded]');
  if (handle && (handle.getAttribute('aria-expanded') === 'true') !== open) {
    handle.click();
  }
}
