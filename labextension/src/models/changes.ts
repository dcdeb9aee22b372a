import type {
  MergeApplied,
  MergeClosed,
  MergeProposed,
  NotebooksChanged,
  RunUndone,
  Usage
} from '../api/schema';
import type { IChanges, IUndone } from './entries';
import { type Base, type ILog, patchEntry } from './log';

const NO_USAGE: Usage = { input_tokens: 0, output_tokens: 0, requests: 0, cost: null };

/** What a run has changed: as the server says it, else as its events do; `null` when it is nothing. */
export function changesOf(log: ILog, runId: string | null): IChanges | null {
  const kept = log.kept.get(runId ?? '');
  if (kept) {
    return isNothing(kept) ? null : kept;
  }
  const { changes } = log;
  if (changes?.runId !== runId || changes.cells.size === 0) {
    return null;
  }
  const { cells, notebooks, added, removed } = changes;
  return { cells: cells.size, notebooks: notebooks.size, files: 0, added, removed, kept: false };
}

/** The server tells what a run has changed: at its end, or shortly after. */
export function notebooksChanged(log: ILog, event: NotebooksChanged, base: Base): void {
  const { notebooks, files } = event.data;
  const sum = (pick: (each: (typeof notebooks)[number]) => number) =>
    notebooks.reduce((total, each) => total + pick(each), 0);
  const changes: IChanges = {
    cells: sum(each => each.cells),
    notebooks: notebooks.filter(each => each.cells > 0).length,
    files: files.length,
    added: sum(each => each.lines_added),
    removed: sum(each => each.lines_removed),
    kept: true
  };
  log.kept.set(event.run_id ?? '', changes);
  const place = endOf(log, event.run_id);
  if (place >= 0) {
    patchEntry(log, place, { changes: isNothing(changes) ? null : changes });
  } else if (!isNothing(changes) && log.run?.id !== event.run_id) {
    // Its end had nothing to tell.
    const entry = { ...base, key: `${base.key}-end`, changes, undone: null, usage: NO_USAGE, durationMs: 0 };
    log.entries.push({ ...entry, kind: 'end' });
  }
}

/** What a run had changed was taken back, or is there again. */
export function runUndone(log: ILog, event: RunUndone, base: Base): void {
  const { run, redo, partly, cells, files, left } = event.data;
  const undone: IUndone | null = redo ? null : { partly, cells, files, left };
  const place = endOf(log, run);
  if (place >= 0) {
    patchEntry(log, place, { undone });
  } else {
    log.entries.push({ ...base, runId: run, kind: 'undone', undone });
  }
}

export function mergeProposed(log: ILog, event: MergeProposed, base: Base): void {
  const { merge, source_name: source, target_name: target } = event.data;
  log.entries.push({ ...base, kind: 'merge', merge, source, target, status: 'open', cells: 0 });
}

export function mergeEnded(log: ILog, event: MergeApplied | MergeClosed, base: Base): void {
  const { merge, source_name: source, target_name: target, cells } = event.data;
  const status = event.type === 'merge.applied' ? 'merged' : 'closed';
  const place = log.entries.findLastIndex(each => each.kind === 'merge' && each.merge === merge);
  if (place >= 0) {
    patchEntry(log, place, { status, cells });
  } else {
    log.entries.push({ ...base, kind: 'merge', merge, source, target, status, cells });
  }
}

/** Place of the entry that ends a run; negative when there is none. */
export function endOf(log: ILog, runId: string | null): number {
  return log.entries.findLastIndex(entry => entry.kind === 'end' && entry.runId === runId);
}

function isNothing({ cells, files }: IChanges): boolean {
  return cells + files === 0;
}
