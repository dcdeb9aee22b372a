import type { ISharedCell, ISharedCodeCell, ISharedNotebook } from '@jupyter/ydoc';
import type { ICell, INotebookContent } from '@jupyterlab/nbformat';

import type { CellOp } from '../api/unions';
import { type Base, sourceOf } from './ops';

/** What was done to the file while nobody listened, as operations on the open document. */
export function missedOps(notebook: ISharedNotebook, file: INotebookContent, base: Base): CellOp[] {
  const ops: CellOp[] = [];
  const local = new Map(notebook.cells.map(cell => [cell.getId(), cell]));
  const ids = new Set(file.cells.map(idOf));
  for (const id of local.keys()) {
    // A cell that the file never had is the user's own.
    if (!ids.has(id) && base.has(id)) {
      ops.push({ op: 'delete', cell_id: id });
    }
  }
  let after: string | null = null;
  for (const cell of file.cells) {
    const id = idOf(cell);
    const here = local.get(id);
    const source = sourceOf(cell);
    if (here) {
      if (here.getSource() !== source && base.get(id) !== source) {
        ops.push({ op: 'edit', cell_id: id, before: base.get(id) ?? here.getSource(), source });
      }
      ops.push(...missedOutputs(here, cell));
    } else if (!base.has(id)) {
      ops.push({ op: 'insert', cell: cell as unknown as Record<string, never>, after });
    } else {
      // The user deleted it here.
      continue;
    }
    after = id;
  }
  return ops;
}

function missedOutputs(shared: ISharedCell, cell: ICell): CellOp[] {
  if (cell.cell_type !== 'code' || shared.cell_type !== 'code') {
    return [];
  }
  const here = shared as ISharedCodeCell;
  if (here.executionState === 'running') {
    return [];
  }
  const outputs = (cell.outputs ?? []) as Record<string, never>[];
  const execution_count = (cell.execution_count ?? null) as number | null;
  return here.execution_count === execution_count && here.getOutputs().length === outputs.length
    ? []
    : [{ op: 'outputs', cell_id: idOf(cell), outputs, execution_count, running: false }];
}

function idOf(cell: ICell): string {
  return cell.id as string;
}
