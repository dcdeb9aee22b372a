import { describe, expect, it } from 'vitest';

import type { Version } from '../../api/schema';
import { type Entry, entriesOf, entryOf, isVersion, spanOf } from '../versions/entries';
import { version } from './make';

const CLOSED = () => false;
const OPEN = () => true;

function list(versions: Version[], isOpen: (id: number) => boolean = CLOSED): Entry[] {
  return entriesOf(versions, 'main', isOpen);
}

function kinds(entries: readonly Entry[]): string[] {
  return entries.map(each => (each.kind === 'group' ? `group of ${each.versions.length}` : each.kind));
}

describe('entries of a history', () => {
  it('folds saves with nothing between them, and leaves the newest version alone', () => {
    const entries = list([version(9), version(8), version(7), version(6)]);
    expect(kinds(entries)).toEqual(['day', 'version', 'group of 3']);
    expect(kinds(list([version(9), version(8), version(7)]))).toEqual([
      'day',
      'version',
      'version',
      'version'
    ]);
  });

  it('keeps runs, merges, named versions and what others wrote out of the folds', () => {
    const author = { by: 'agent' as const, run_id: 'R', session_id: 'S', session_name: 'Model', at: null };
    for (const patch of [
      { kind: 'run', author },
      { kind: 'merge' },
      { name: 'As sent' }
    ] as Partial<Version>[]) {
      const saves = [
        version(8),
        version(7),
        version(6),
        version(5, patch),
        version(4),
        version(3),
        version(2)
      ];
      expect(kinds(list([version(9), ...saves]))).toEqual([
        'day',
        'version',
        'group of 3',
        'version',
        'group of 3'
      ]);
    }
  });

  it('begins a new heading and a new fold with each day', () => {
    const before = '2026-11-16T12:00:00Z';
    const old = [3, 2, 1].map(id => version(id, { created_at: before }));
    const entries = list([version(7), version(6), version(5), version(4), ...old]);
    expect(kinds(entries)).toEqual(['day', 'version', 'group of 3', 'day', 'group of 3']);
  });

  it('shows what was unfolded, and stays unfolded when a version comes on top', () => {
    const open = new Set([8, 7, 6]);
    const isOpen = (id: number) => open.has(id);
    const before = list([version(9), version(8), version(7), version(6)], isOpen);
    expect(kinds(before)).toEqual(['day', 'version', 'group of 3', 'version', 'version', 'version']);
    const after = list([version(10), version(9), version(8), version(7), version(6)], isOpen);
    expect(kinds(after)).toEqual(['day', 'version', 'group of 4', ...Array<string>(4).fill('version')]);
  });

  it('marks where the branch was made, and what is shared with the other one', () => {
    const shared = [version(3), version(2), version(1)];
    const entries = entriesOf([version(9, { branch: 'B' }), ...shared], 'B', CLOSED);
    expect(kinds(entries)).toEqual(['day', 'version', 'fork', 'day', 'group of 3']);
    expect(entries.filter(isVersion).map(each => each.shared)).toEqual([false, true]);
  });

  it('marks that a branch was made on top, while nothing was changed there', () => {
    const entries = entriesOf([version(3), version(2)], 'B', CLOSED);
    expect(kinds(entries)).toEqual(['fork', 'day', 'version', 'version']);
  });

  it('gives each entry a key of its own', () => {
    const entries = list([version(9), version(8), version(7), version(6)], OPEN);
    expect(new Set(entries.map(each => each.key)).size).toBe(entries.length);
  });

  it('finds a version in the fold that hides it, and its span', () => {
    const versions = [version(9), version(8), version(7), version(6)];
    const folded = entryOf(list(versions), 7);
    expect(folded?.kind).toBe('group');
    expect(folded && [spanOf(folded).oldest.id, spanOf(folded).newest.id]).toEqual([6, 8]);
    const unfolded = entryOf(list(versions, OPEN), 7);
    expect(unfolded?.kind).toBe('version');
    expect(entryOf(list(versions), 1)).toBeUndefined();
  });
});
