import type { ISharedCodeCell, ISharedNotebook, SharedCell, YNotebook } from '@jupyter/ydoc';
import type { IOutput } from '@jupyterlab/nbformat';

import type { CellOp } from '../api/unions';
import { applyDetails, applyNotebook } from './details';
import { setOutputs } from './outputs';

/** Sources as the file has them, by cell id. */
export type Base = Map<string, string>;

/**
 * Apply what the server did to the file to the open document, by cell id.
 *
 * Cells that the user has edited since the last save keep the user's text: their ids are returned.
 * Sources can be undone by the user; outputs, metadata and attachments are no step of their own.
 */
export function applyOps(notebook: ISharedNotebook, ops: readonly CellOp[], base: Base): string[] {
  const conflicts: string[] = [];
  const undo = (notebook as ISharedNotebook & Partial<Pick<YNotebook, 'undoManager'>>).undoManager;
  // What comes between the two is one step for the user. Each operation is a transaction of its own,
  // because the list of cells is brought up to date at the end of one.
  undo?.stopCapturing();
  for (const op of ops) {
    if (isQuiet(op)) {
      notebook.transact(() => applyQuiet(notebook, op), false);
    } else {
      notebook.transact(() => {
        if (!applySource(notebook, op, base) && 'cell_id' in op) {
          conflicts.push(op.cell_id);
        }
      }, true);
    }
  }
  undo?.stopCapturing();
  return conflicts;
}

/** The cells' sources now. */
export function sourcesOf(notebook: ISharedNotebook): Base {
  return new Map(notebook.cells.map(cell => [cell.getId(), cell.getSource()]));
}

type QuietOp = Extract<CellOp, { op: 'outputs' | 'details' | 'notebook' }>;
type SourceOp = Exclude<CellOp, QuietOp>;

/** What the user cannot take back with undo. */
function isQuiet(op: CellOp): op is QuietOp {
  return op.op === 'outputs' || op.op === 'details' || op.op === 'notebook';
}

function applyQuiet(notebook: ISharedNotebook, op: QuietOp): void {
  switch (op.op) {
    case 'outputs':
      applyOutputs(notebook, op);
      break;
    case 'details':
      applyDetails(notebook.cells[indexOf(notebook, op.cell_id)], op);
      break;
    case 'notebook':
      applyNotebook(notebook, op);
  }
}

/** Tells whether it could be done without touching what the user wrote. */
function applySource(notebook: ISharedNotebook, op: SourceOp, base: Base): boolean {
  switch (op.op) {
    case 'insert':
      return insert(notebook, op.cell, op.after, base);
    case 'edit':
      return edit(notebook, op, base);
    case 'move':
      return move(notebook, op.cell_id, op.after);
    case 'delete':
      return remove(notebook, op.cell_id, base);
  }
}

function insert(
  notebook: ISharedNotebook,
  cell: Record<string, unknown>,
  after: string | null,
  base: Base
): boolean {
  const id = String(cell.id);
  const source = sourceOf(cell);
  base.set(id, source);
  if (indexOf(notebook, id) < 0) {
    notebook.insertCell(behind(notebook, after), { ...cell, source } as unknown as SharedCell.Cell);
  }
  return true;
}

function edit(
  notebook: ISharedNotebook,
  op: { cell_id: string; before: string; source: string },
  base: Base
): boolean {
  const cell = notebook.cells[indexOf(notebook, op.cell_id)];
  const known = base.get(op.cell_id);
  base.set(op.cell_id, op.source);
  const local = cell?.getSource();
  if (!cell || local === undefined || local === op.source) {
    return true;
  }
  if (local !== op.before && local !== known) {
    return false;
  }
  // Only what differs is replaced: the caret stays where it is.
  let start = 0;
  const most = Math.min(local.length, op.source.length);
  while (start < most && local[start] === op.source[start]) {
    start += 1;
  }
  let tail = 0;
  while (tail < most - start && local.at(-1 - tail) === op.source.at(-1 - tail)) {
    tail += 1;
  }
  cell.updateSource(start, local.length - tail, op.source.slice(start, op.source.length - tail));
  return true;
}

function move(notebook: ISharedNotebook, id: string, after: string | null): boolean {
  const from = indexOf(notebook, id);
  if (from >= 0 && after !== id) {
    const to = behind(notebook, after);
    const place = to > from ? to - 1 : to;
    if (place !== from) {
      notebook.moveCell(from, place);
    }
  }
  return true;
}

function remove(notebook: ISharedNotebook, id: string, base: Base): boolean {
  const index = indexOf(notebook, id);
  if (index < 0) {
    return true;
  }
  if (notebook.cells[index]?.getSource() !== base.get(id)) {
    return false;
  }
  base.delete(id);
  notebook.deleteCell(index);
  return true;
}

function applyOutputs(notebook: ISharedNotebook, op: Extract<CellOp, { op: 'outputs' }>): void {
  const cell = notebook.cells[indexOf(notebook, op.cell_id)];
  if (cell?.cell_type !== 'code') {
    return;
  }
  const code = cell as ISharedCodeCell;
  setOutputs(code, op.outputs as unknown as IOutput[]);
  code.execution_count = op.execution_count;
  code.executionState = op.running ? 'running' : 'idle';
}

/** Source of a cell as in nbformat: text, or a list of lines. */
export function sourceOf(cell: { source?: unknown }): string {
  const { source } = cell;
  return Array.isArray(source) ? source.join('') : typeof source === 'string' ? source : '';
}

function indexOf(notebook: ISharedNotebook, id: string): number {
  return notebook.cells.findIndex(cell => cell.getId() === id);
}

/** Index behind a cell; the end when there is no such cell, the top for `null`. */
function behind(notebook: ISharedNotebook, after: string | null): number {
  if (after === null) {
    return 0;
  }
  const index = indexOf(notebook, after);
  return index < 0 ? notebook.cells.length : index + 1;
}
