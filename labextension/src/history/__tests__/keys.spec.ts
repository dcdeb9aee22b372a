import { describe, expect, it, vi } from 'vitest';

import { RowFocus, walked } from '../focus';
import { keyAction as branchKey } from '../table/keys';
import type { Entry } from '../versions/entries';
import { keyAction } from '../versions/keys';
import { version } from './make';

const KEYS = ['a', 'b', 'c'];
const pressed = (key: string, held = {}) => ({ key, altKey: false, ctrlKey: false, metaKey: false, ...held });

describe('keys of the history', () => {
  it('walks through the rows and holds at both ends', () => {
    expect(walked('ArrowDown', KEYS, 'a')).toBe('b');
    expect(walked('ArrowDown', KEYS, 'c')).toBe('c');
    expect(walked('ArrowUp', KEYS, 'a')).toBe('a');
    expect(walked('End', KEYS, 'a')).toBe('c');
    expect(walked('Home', KEYS, 'c')).toBe('a');
    expect(walked('PageDown', KEYS, 'a')).toBe('c');
    expect(walked('x', KEYS, 'a')).toBeUndefined();
  });

  it('names a version with N and F2, asks with R, goes in with Enter', () => {
    const to = { enter: vi.fn(), name: vi.fn(), restore: vi.fn(), fold: vi.fn() };
    const entry: Entry = { kind: 'version', key: 'v1', version: version(1), shared: false, inside: false };
    for (const key of ['n', 'N', 'F2', 'r', 'Enter']) {
      keyAction(pressed(key), entry, to)?.();
    }
    expect(to.name).toHaveBeenCalledTimes(3);
    expect(to.restore).toHaveBeenCalledOnce();
    expect(to.enter).toHaveBeenCalledOnce();
    expect(keyAction(pressed('r', { ctrlKey: true }), entry, to)).toBeUndefined();
  });

  it('unfolds and folds saves with the arrows, and names none of them', () => {
    const to = { enter: vi.fn(), name: vi.fn(), restore: vi.fn(), fold: vi.fn() };
    const entry: Entry = { kind: 'group', key: 'g1', versions: [version(1)], shared: false, open: false };
    keyAction(pressed('ArrowRight'), entry, to)?.();
    keyAction(pressed('ArrowLeft'), entry, to)?.();
    expect(to.fold.mock.calls).toEqual([[true], [false]]);
    expect(keyAction(pressed('n'), entry, to)).toBeUndefined();
  });

  it('opens, renames and asks about a branch', () => {
    const to = { open: vi.fn(), rename: vi.fn(), ask: vi.fn() };
    for (const key of ['Enter', 'F2', 'Delete']) {
      branchKey(pressed(key), to)?.();
    }
    expect([to.open, to.rename, to.ask].map(each => each.mock.calls.length)).toEqual([1, 1, 1]);
    expect(branchKey(pressed('Delete', { altKey: true }), to)).toBeUndefined();
  });

  it('enters the list at the row that had the focus, else at the first', () => {
    const focus = new RowFocus();
    expect(focus.stop(KEYS)).toBe('a');
    expect(focus.stop(KEYS, 'c')).toBe('c');
    focus.focus('b');
    expect(focus.stop(KEYS, 'c')).toBe('b');
    expect([focus.take(), focus.take()]).toEqual([true, false]);
    expect(focus.stop(['a', 'c'])).toBe('a');
    focus.dispose();
  });
});
