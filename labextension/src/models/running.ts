import type {
  CellChanged,
  InterruptRequested,
  RunCancelled,
  RunCompleted,
  RunFailed,
  RunStarted,
  Usage
} from '../api/schema';
import { abandonCalls, callKey, patchCall } from './calls';
import { changesOf, endOf } from './changes';
import type { IActiveRun } from './entries';
import { type Base, type ILog, patchEntry } from './log';
import { leaveQueue } from './queue';

export function started(log: ILog, event: RunStarted): void {
  const id = event.run_id ?? '';
  leaveQueue(log, id);
  log.run = { id, startedAt: event.ts, iteration: 0, limit: null, interrupt: null };
  log.changes = { runId: id, cells: new Set(), notebooks: new Set(), added: 0, removed: 0 };
}

export function patchRun(log: ILog, id: string | null, patch: Partial<IActiveRun>): void {
  if (log.run && log.run.id === id) {
    log.run = { ...log.run, ...patch };
  }
}

export function completed(log: ILog, event: RunCompleted, base: Base): void {
  const { run } = log;
  const { usage, processing_ms, waits_for_answer: waits } = event.data;
  if (run && run.id === event.run_id && waits && run.limit !== null && run.iteration >= run.limit) {
    log.entries.push({ ...base, kind: 'limit', iteration: run.iteration, limit: run.limit });
  }
  ended(log, event.run_id, usage, processing_ms, base);
}

export function failed(log: ILog, event: RunFailed, base: Base): void {
  leaveQueue(log, event.run_id);
  ended(log, event.run_id, event.data.usage, event.data.processing_ms, base);
  log.entries.push({ ...base, kind: 'failure', error: event.data.error });
}

export function cancelled(log: ILog, event: RunCancelled, base: Base): void {
  const { by, steered, usage, processing_ms } = event.data;
  if (leaveQueue(log, event.run_id) || steered) {
    return;
  }
  const place = log.entries.findLastIndex(
    entry => entry.kind === 'interrupted' && entry.runId === event.run_id
  );
  if (place >= 0) {
    patchEntry(log, place, { ended: true });
  } else if (log.entries.some(each => each.runId === event.run_id)) {
    log.entries.push({ ...base, kind: 'interrupted', by, afterMs: processing_ms, ended: true });
  }
  ended(log, event.run_id, usage, processing_ms, base);
  if (place >= 0) {
    log.entries.push({ ...base, key: `${base.key}-stopped`, kind: 'stopped' });
  }
}

export function interrupted(log: ILog, event: InterruptRequested, base: Base): void {
  const id = event.run_id;
  const run = log.run?.id === id ? log.run : null;
  patchRun(log, id, { interrupt: { kernel: event.data.kernel || (run?.interrupt?.kernel ?? false) } });
  if (log.entries.some(entry => entry.kind === 'interrupted' && entry.runId === id)) {
    return;
  }
  const afterMs = run && Date.parse(event.ts) - Date.parse(run.startedAt);
  log.entries.push({ ...base, kind: 'interrupted', by: 'user', afterMs, ended: false });
}

/** A cell was changed: it counts to the run that did it, and tells its call the branch. */
export function cellChanged(log: ILog, event: CellChanged): void {
  const { changes } = log;
  const { call_id, branch } = event.data;
  if (call_id) {
    patchCall(log, callKey(event.run_id, call_id), { branch });
  }
  if (changes && changes.runId === event.run_id) {
    const { notebook, cell_id, lines_added, lines_removed } = event.data;
    log.changes = {
      ...changes,
      cells: new Set(changes.cells).add(`${notebook}#${cell_id}`),
      notebooks: new Set(changes.notebooks).add(notebook),
      added: changes.added + lines_added,
      removed: changes.removed + lines_removed
    };
  }
}

/** Nothing goes on any more: the log goes on in another session, or elsewhere. */
export function halted(log: ILog): void {
  if (log.run) {
    abandonCalls(log, log.run.id);
  }
  log.run = null;
  log.queue = [];
  log.changes = null;
}

function ended(log: ILog, id: string | null, usage: Usage, durationMs: number, base: Base): void {
  if (log.run?.id === id) {
    log.run = null;
  }
  abandonCalls(log, id);
  const place = endOf(log, id);
  if (place >= 0) {
    patchEntry(log, place, { usage, durationMs });
    return;
  }
  const changes = changesOf(log, id);
  if (changes || usage.input_tokens + usage.output_tokens > 0) {
    const entry = { ...base, key: `${base.key}-end`, changes, undone: null, usage, durationMs };
    log.entries.push({ ...entry, kind: 'end' });
  }
}
