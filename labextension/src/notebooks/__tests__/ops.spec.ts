import { type ISharedCodeCell, YNotebook } from '@jupyter/ydoc';
import type { INotebookContent } from '@jupyterlab/nbformat';
import { describe, expect, it } from 'vitest';

import { missedOps } from '../catchup';
import { applyOps, type Base, sourcesOf } from '../ops';

const code = (id: string, source: string) => ({
  id,
  cell_type: 'code' as const,
  source,
  metadata: {},
  outputs: [],
  execution_count: null
});

const file = (...cells: [string, string][]): INotebookContent => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: cells.map(([id, source]) => code(id, source))
});

function opened(...cells: [string, string][]): { notebook: YNotebook; base: Base } {
  const notebook = YNotebook.create();
  notebook.fromJSON(file(...cells));
  return { notebook, base: sourcesOf(notebook) };
}

const sources = (notebook: YNotebook) => notebook.cells.map(cell => cell.getSource());
const stream = (text: string) => ({ output_type: 'stream', name: 'stdout', text });

describe('applyOps', () => {
  it('inserts, edits, moves and deletes by cell id', () => {
    const { notebook, base } = opened(['a', '1'], ['b', '2'], ['c', '3']);
    const conflicts = applyOps(
      notebook,
      [
        { op: 'insert', cell: code('n', 'new'), after: 'a' },
        { op: 'edit', cell_id: 'b', before: '2', source: '22' },
        { op: 'move', cell_id: 'c', after: null },
        { op: 'delete', cell_id: 'a' }
      ],
      base
    );
    expect(conflicts).toEqual([]);
    expect(sources(notebook)).toEqual(['3', 'new', '22']);
  });

  it('keeps what the user has typed, and says so', () => {
    const { notebook, base } = opened(['a', 'x = 1'], ['b', 'y = 1']);
    notebook.getCell(0).setSource('x = 1  # mine');
    notebook.getCell(1).setSource('y = 1  # mine');
    const conflicts = applyOps(
      notebook,
      [
        { op: 'edit', cell_id: 'a', before: 'x = 1', source: 'x = 2' },
        { op: 'delete', cell_id: 'b' }
      ],
      base
    );
    expect(conflicts).toEqual(['a', 'b']);
    expect(sources(notebook)).toEqual(['x = 1  # mine', 'y = 1  # mine']);
  });

  it('can be undone by the user in one step, without the outputs', () => {
    const { notebook, base } = opened(['a', 'x = 1']);
    notebook.clearUndoHistory();
    applyOps(
      notebook,
      [
        { op: 'edit', cell_id: 'a', before: 'x = 1', source: 'x = 2' },
        { op: 'outputs', cell_id: 'a', outputs: [stream('2')], execution_count: 1, running: false }
      ],
      base
    );
    notebook.undo();
    expect(sources(notebook)).toEqual(['x = 1']);
    expect((notebook.getCell(0) as ISharedCodeCell).getOutputs()).toHaveLength(1);
  });

  it('replaces only what differs in a source', () => {
    const { notebook, base } = opened(['a', 'alpha beta gamma']);
    const deltas: unknown[] = [];
    notebook.getCell(0).changed.connect((_, change) => deltas.push(change.sourceChange));
    applyOps(
      notebook,
      [{ op: 'edit', cell_id: 'a', before: 'alpha beta gamma', source: 'alpha delta gamma' }],
      base
    );
    expect(sources(notebook)).toEqual(['alpha delta gamma']);
    expect(JSON.stringify(deltas[0])).not.toContain('gamma');
  });

  it('appends to a stream instead of drawing it anew', () => {
    const { notebook, base } = opened(['a', 'loop()']);
    const cell = notebook.getCell(0) as ISharedCodeCell;
    const show = (text: string, running: boolean) =>
      applyOps(
        notebook,
        [{ op: 'outputs', cell_id: 'a', outputs: [stream(text)], execution_count: 3, running }],
        base
      );
    show('one\n', true);
    expect(cell.executionState).toBe('running');
    const changes: object[] = [];
    cell.changed.connect((_, change) => changes.push(change));
    show('one\ntwo\n', false);
    expect(changes.some(change => 'outputsChange' in change)).toBe(false);
    expect(cell.getOutputs()[0]).toMatchObject({ text: 'one\ntwo\n' });
    expect([cell.execution_count, cell.executionState]).toEqual([3, 'idle']);
  });
});

describe('missedOps', () => {
  it('takes over what was done to the file, and leaves what the user did', () => {
    const { notebook, base } = opened(['a', '1'], ['b', '2'], ['c', '3'], ['d', '4']);
    notebook.getCell(1).setSource('2 mine');
    notebook.deleteCell(3);
    notebook.addCell(code('mine', 'own'));
    const ops = missedOps(notebook, file(['a', '11'], ['n', 'new'], ['b', '22'], ['d', '4']), base);
    expect(applyOps(notebook, ops, base)).toEqual(['b']);
    expect(sources(notebook)).toEqual(['11', 'new', '2 mine', 'own']);
  });
});
