import type { KeyResult, LiveFrame, NotebookChanged } from './schema';

/** What is live only and never in the log. */
export type Live = LiveFrame['live'];

type Json = Record<string, unknown>;

/** Give a cell these metadata and attachments. */
export interface ICellDetails {
  op: 'details';
  cell_id: string;
  metadata: Json;
  attachments: Json | null;
}

/** Give the notebook these metadata. */
export interface INotebookDetails {
  op: 'notebook';
  metadata: Json;
}

/** One step of what the server did to a notebook. */
export type CellOp =
  Exclude<NotebookChanged['ops'][number], { op: 'details' | 'notebook' }> | ICellDetails | INotebookDetails;

/** How a key result is shown. */
export type View = KeyResult['view'];
