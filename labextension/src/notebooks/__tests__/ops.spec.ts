import { type ISharedCodeCell, type ISharedMarkdownCell, YNotebook } from '@jupyter/ydoc';
import type { INotebookContent } from '@jupyterlab/nbformat';
import { describe, expect, it } from 'vitest';

import type { CellOp } from '../../api/unions';
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

describe('details', () => {
  const markdown = (id: string, source: string) => ({
    id,
    cell_type: 'markdown' as const,
    source,
    metadata: { tags: ['old'], mine: 1 },
    attachments: { 'a.png': { 'image/png': 'AAAA' } }
  });

  function withMarkdown(): YNotebook {
    const notebook = YNotebook.create();
    notebook.fromJSON({ ...file(['a', 'x = 1']), metadata: { title: 'Old', gone: true } });
    notebook.addCell(markdown('m', '![](attachment:a.png)'));
    notebook.clearUndoHistory();
    return notebook;
  }

  it('take the place of the metadata and attachments of a cell', () => {
    const notebook = withMarkdown();
    const attachments = { 'b.png': { 'image/png': 'BBBB' } };
    const ops: CellOp[] = [
      { op: 'details', cell_id: 'm', metadata: { tags: ['new'] }, attachments },
      { op: 'details', cell_id: 'a', metadata: { tags: ['code'] }, attachments: null },
      { op: 'details', cell_id: 'not there', metadata: {}, attachments: null }
    ];
    expect(applyOps(notebook, ops, sourcesOf(notebook))).toEqual([]);
    expect(notebook.getCell(1).toJSON()).toMatchObject({ metadata: { tags: ['new'] }, attachments });
    expect(notebook.getCell(1).getMetadata()).toEqual({ tags: ['new'] });
    expect(notebook.getCell(0).getMetadata()).toEqual({ tags: ['code'] });
  });

  it('take the attachments away, and touch nothing that is the same', () => {
    const notebook = withMarkdown();
    const changes: object[] = [];
    notebook.getCell(1).changed.connect((_, change) => changes.push(change));
    const { metadata, attachments } = markdown('m', '');
    applyOps(notebook, [{ op: 'details', cell_id: 'm', metadata, attachments }], sourcesOf(notebook));
    expect(changes).toEqual([]);
    applyOps(notebook, [{ op: 'details', cell_id: 'm', metadata, attachments: null }], sourcesOf(notebook));
    expect((notebook.getCell(1) as ISharedMarkdownCell).getAttachments() ?? {}).toEqual({});
  });

  it('take the place of the metadata of the notebook', () => {
    const notebook = withMarkdown();
    applyOps(notebook, [{ op: 'notebook', metadata: { title: 'New' } }], sourcesOf(notebook));
    expect(notebook.getMetadata()).toEqual({ title: 'New' });
  });

  it('are no step for the user to undo', () => {
    const notebook = withMarkdown();
    const ops: CellOp[] = [
      { op: 'edit', cell_id: 'a', before: 'x = 1', source: 'x = 2' },
      { op: 'details', cell_id: 'a', metadata: { tags: ['new'] }, attachments: null }
    ];
    applyOps(notebook, ops, sourcesOf(notebook));
    notebook.undo();
    expect(notebook.getCell(0).toJSON()).toMatchObject({ source: 'x = 1', metadata: { tags: ['new'] } });
  });
});

describe('a cell whose type changes', () => {
  it('is deleted and inserted under the same id', () => {
    const { notebook, base } = opened(['a', '1'], ['b', '# Two'], ['c', '3']);
    const cell = { id: 'b', cell_type: 'markdown', source: '# Two', metadata: {} };
    const ops = [
      { op: 'delete', cell_id: 'b' },
      { op: 'insert', cell, after: 'a' }
    ] as unknown as CellOp[];
    expect(applyOps(notebook, ops, base)).toEqual([]);
    expect(notebook.cells.map(each => [each.getId(), each.cell_type])).toEqual([
      ['a', 'code'],
      ['b', 'markdown'],
      ['c', 'code']
    ]);
  });

  it('stays as it is when the user edits it', () => {
    const { notebook, base } = opened(['a', '1']);
    notebook.getCell(0).setSource('mine');
    const cell = { id: 'a', cell_type: 'markdown', source: '1', metadata: {} };
    const ops = [
      { op: 'delete', cell_id: 'a' },
      { op: 'insert', cell, after: null }
    ] as unknown as CellOp[];
    expect(applyOps(notebook, ops, base)).toEqual(['a']);
    expect(notebook.cells.map(each => [each.cell_type, each.getSource()])).toEqual([['code', 'mine']]);
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

  it('says nothing of a cell that only the user has edited', () => {
    const { notebook, base } = opened(['a', '1'], ['b', '2']);
    notebook.getCell(1).setSource('2 mine');
    const ops = missedOps(notebook, file(['a', '11'], ['b', '2']), base);
    expect(applyOps(notebook, ops, base)).toEqual([]);
    expect(sources(notebook)).toEqual(['11', '2 mine']);
  });
});
