import type { KeyResult, LiveFrame, NotebookChanged } from './schema';

/** What is live only and never in the log. */
export type Live = LiveFrame['live'];

/** One step of what the server did to a notebook. */
export type CellOp = NotebookChanged['ops'][number];

/** How a key result is shown. */
export type View = KeyResult['view'];
