import type { ISharedAttachmentsCell, ISharedCell, ISharedNotebook } from '@jupyter/ydoc';
import type { IAttachments } from '@jupyterlab/nbformat';
import { JSONExt, type PartialJSONObject } from '@lumino/coreutils';

import type { CellDetails, NotebookDetails } from '../api/schema';

/** Give a cell the metadata and attachments that the server wrote; nothing when it is not there. */
export function applyDetails(cell: ISharedCell | undefined, op: CellDetails): void {
  if (!cell) {
    return;
  }
  setMetadata(cell, op.metadata as PartialJSONObject);
  if (cell.cell_type === 'markdown' || cell.cell_type === 'raw') {
    const holder = cell as ISharedAttachmentsCell;
    const wanted = (op.attachments ?? {}) as IAttachments;
    if (!JSONExt.deepEqual(holder.getAttachments() ?? {}, wanted)) {
      holder.setAttachments(op.attachments ? wanted : undefined);
    }
  }
}

/** Give the notebook the metadata that the server wrote. */
export function applyNotebook(notebook: ISharedNotebook, op: NotebookDetails): void {
  setMetadata(notebook, op.metadata as PartialJSONObject);
}

interface IDescribed {
  getMetadata(): object;
  setMetadata(metadata: PartialJSONObject): void;
  deleteMetadata(key: string): void;
}

function setMetadata(holder: ISharedCell | ISharedNotebook, metadata: PartialJSONObject): void {
  const described = holder as unknown as IDescribed;
  // Setting all of them leaves those that are gone.
  for (const key of Object.keys(described.getMetadata())) {
    if (!(key in metadata)) {
      described.deleteMetadata(key);
    }
  }
  described.setMetadata(metadata);
}
