import { describe, expect, it } from 'vitest';

import type { Branch, Convergence, TreeCell, TreeLane } from '../../../api/schema';
import { branch } from '../../__tests__/make';
import { type ILane, type ILaneSource, type ITree, joined, layoutOf, SIZE } from '../layout';
import { rowsOf } from '../rows';
import { stopsOf, walkedTo } from '../walk';

const cell = (id: string): TreeCell => ({ cell_id: id, cell_type: 'code', count: null, line: id });

/** A cell for each letter. */
const cellsOf = (ids: string) => Array.from(ids, cell);

const source = (
  id: string,
  cells: string,
  lane: Partial<TreeLane> = {},
  patch: Partial<Branch> = {}
): ILaneSource => ({
  branch: branch(id, patch),
  lane: { branch: id, notebook: 'n.ipynb', after: null, shared: 0, cells: cellsOf(cells), ...lane }
});

const met = (kind: Convergence['kind'], patch: Partial<Convergence>) =>
  ({ id: 'M', kind, source: '', target: 'main', losers: [], status: 'met', ...patch }) as Convergence;

const made = (sources: ILaneSource[], meetings: Convergence[] = []) => layoutOf(sources, meetings, new Set());

const laneOf = (tree: ITree, id: string): ILane => {
  const found = tree.lanes.find(each => each.branch.id === id);
  if (!found) {
    throw new Error(`no lane ${id}`);
  }
  return found;
};

const yOf = (tree: ITree, key: string) => stopsOf(tree).find(each => each.key === key)?.y;

describe('rows of a lane', () => {
  const ids = (open: string[] = []) =>
    rowsOf('main', cellsOf('abcdefgh'), new Set(['f']), new Set(open)).map(row =>
      row.kind === 'cell' ? row.cell.cell_id : row.kind === 'group' ? row.cells.length : ''
    );

  it('fold what is not forked at, but for the one before a fork', () => {
    expect(ids()).toEqual([4, 'e', 'f', 'g', 'h']);
  });

  it('stay open once they were opened', () => {
    expect(ids(['main group a'])).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  });
});

describe('the tree', () => {
  it('has a branch although the one that it comes from is not shown', () => {
    const parents: Record<string, string> = { A: 'main', B: 'A', C: 'B' };
    const sources = [
      source('main', 'abc'),
      source('B', 'xy', { after: 'b' }, { parent: 'A' }),
      source('C', 'z', { after: 'x' }, { parent: 'B' })
    ];
    const tree = made(joined(sources, id => parents[id] ?? null));
    expect(tree.lanes.map(each => [each.branch.id, each.fork?.parent])).toEqual([
      ['main', undefined],
      ['B', 'main'],
      ['C', 'B']
    ]);
  });

  it('has all branches side by side, with those made from them, when main does not have the notebook', () => {
    const parents: Record<string, string> = { A: 'main', B: 'main', C: 'A' };
    const sources = [
      source('A', 'abc', {}, { parent: 'main' }),
      source('B', 'xy', {}, { parent: 'main' }),
      source('C', 'z', { after: 'b' }, { parent: 'A' })
    ];
    const tree = made(joined(sources, id => parents[id] ?? null));
    const places = tree.lanes.map(each => [each.branch.id, each.column, each.fork?.parent]);
    expect(places).toEqual([
      ['A', 0, undefined],
      ['C', 1, 'A'],
      ['B', 2, undefined]
    ]);
    expect(walkedTo(tree, 'B head', 'ArrowLeft')).toBe('A head');
    expect(tree.width).toBeGreaterThan(laneOf(tree, 'B').x + SIZE.cell);
  });

  it('begins with main, and puts a branch at the right of the cell that it forks from', () => {
    const tree = made([source('main', 'abc'), source('B', 'xy', { after: 'b' })]);
    const [main, B] = [laneOf(tree, 'main'), laneOf(tree, 'B')];
    expect([main.column, B.column]).toEqual([0, 1]);
    expect(B.fork).toMatchObject({ key: 'main cell b', y: yOf(tree, 'main cell b') });
    expect(B.top).toBe(B.fork?.y);
    expect(B.stops.map(each => each.key)).toEqual(['B head', 'B cell x', 'B cell y']);
    expect(tree.width).toBeGreaterThan(B.x + SIZE.cell);
  });

  it('puts branches of one cell side by side, below the line to all of them', () => {
    const tree = made([
      source('main', 'ab'),
      source('B', 'x', { after: 'a' }),
      source('C', 'y', { after: 'a' })
    ]);
    expect([laneOf(tree, 'B').column, laneOf(tree, 'C').column]).toEqual([1, 2]);
    expect(laneOf(tree, 'C').top).toBeGreaterThan(laneOf(tree, 'C').fork?.y ?? 0);
  });

  it('gives lanes that do not meet the same column, and never lets them lie on each other', () => {
    const low = source('low', 'x', { after: 'h' });
    const tree = made([source('main', 'abcdefgh'), source('high', 'x', { after: 'a' }), low]);
    expect([laneOf(tree, 'high').column, laneOf(tree, 'low').column]).toEqual([1, 1]);
    const long = made([
      source('main', 'abcdefgh'),
      source('high', 'abcdefghij'.slice(0, 3), { after: 'g' }),
      low
    ]);
    expect(laneOf(long, 'high').column).not.toBe(laneOf(long, 'low').column);
  });

  it('draws a branch of a branch at the right of that one', () => {
    const nested = source('C', 'z', { after: 'x' }, { parent: 'B' });
    const tree = made([source('main', 'ab'), source('B', 'xy', { after: 'a' }), nested]);
    expect(laneOf(tree, 'C').column).toBe(2);
    expect(laneOf(tree, 'C').fork?.key).toBe('B cell x');
  });

  it('forks from the name of a lane that does not show the cell', () => {
    const tree = made([
      source('main', 'ab'),
      source('B', 'x', { after: 'a' }),
      source('C', 'y', { after: 'a' }, { parent: 'B' })
    ]);
    expect(laneOf(tree, 'C').fork?.key).toBe('B head');
  });

  it('shows of a deleted branch its name alone', () => {
    const tree = made([source('main', 'a'), source('B', 'xyz', { after: 'a' }, { status: 'deleted' })]);
    expect(laneOf(tree, 'B').stops).toHaveLength(1);
  });

  it('has a winner meet its target below its own last cell', () => {
    const tree = made(
      [source('main', 'abcdefgh'), source('B', 'xy', { after: 'b' })],
      [met('winner', { source: 'B' })]
    );
    const [meeting] = tree.meetings;
    expect(meeting).toMatchObject({ x: laneOf(tree, 'main').x });
    expect(meeting?.y).toBeGreaterThan(laneOf(tree, 'B').bottom);
    // Of the target's cells none lies where the line goes.
    expect(stopsOf(tree).some(each => each.branch === 'main' && each.y === meeting?.y)).toBe(false);
  });

  it('has compared branches meet below both', () => {
    const tree = made(
      [source('main', 'ab'), source('B', 'xyz', { after: 'a' }), source('C', 'y', { after: 'a' })],
      [met('comparison', { source: 'B', losers: ['C'] })]
    );
    expect(tree.meetings[0]?.from).toHaveLength(2);
    expect(tree.meetings[0]?.y).toBeGreaterThan(laneOf(tree, 'B').bottom);
  });

  it('is empty without main', () => {
    expect(made([]).lanes).toEqual([]);
  });
});

describe('the arrow keys', () => {
  const tree = made([source('main', 'abc'), source('B', 'xy', { after: 'b' })]);

  it('walk the cells of a lane, and stop at its ends', () => {
    expect(walkedTo(tree, 'main head', 'ArrowDown')).toBe('main cell a');
    expect(walkedTo(tree, 'main head', 'ArrowUp')).toBe('main head');
    expect(walkedTo(tree, 'main cell b', 'End')).toBe('main cell c');
    expect(walkedTo(tree, 'main cell b', 'Home')).toBe('main head');
  });

  it('go to the branch that forks here, and back', () => {
    expect(walkedTo(tree, 'main cell b', 'ArrowRight')).toBe('B head');
    expect(walkedTo(tree, 'B head', 'ArrowLeft')).toBe('main cell b');
  });

  it('go to what is nearest in the next lane', () => {
    expect(walkedTo(tree, 'main head', 'ArrowRight')).toBe('B head');
    expect(walkedTo(tree, 'B cell x', 'ArrowLeft')).toBe('main cell c');
    expect(walkedTo(tree, 'B cell x', 'ArrowRight')).toBe('B cell x');
  });

  it('leave other keys alone', () => {
    expect(walkedTo(tree, 'main head', 'x')).toBeUndefined();
  });
});
