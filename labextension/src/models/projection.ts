import type { Event, UserPrompted } from '../api/schema';
import { attach, callKey, called, patchCall, returned } from './calls';
import { mergeProposed, mergeEnded, notebooksChanged, runUndone } from './changes';
import { projectFinding } from './findings';
import { branchedOff, forked, pinned } from './lines';
import { type Base, type ILog, patchEntry } from './log';
import { changed, ordered, queued } from './queue';
import { cancelled, cellChanged, completed, failed, halted, interrupted, patchRun, started } from './running';

const NO_KEYS: ReadonlyMap<number, string> = new Map();

/** Take the next event of the session into its log. `keys` holds keys that entries have from their streaming. */
export function project(log: ILog, event: Event, keys: ReadonlyMap<number, string> = NO_KEYS): void {
  const base = {
    key: keys.get(event.seq) ?? `e${event.seq}`,
    seq: event.seq,
    ts: event.ts,
    runId: event.run_id
  };
  switch (event.type) {
    case 'run.queued':
      queued(log, event);
      break;
    case 'run.changed':
      changed(log, event);
      break;
    case 'queue.ordered':
      ordered(log, event);
      break;
    case 'run.started':
      started(log, event);
      break;
    case 'run.completed':
      completed(log, event, base);
      break;
    case 'run.failed':
      failed(log, event, base);
      break;
    case 'run.cancelled':
      cancelled(log, event, base);
      break;
    case 'iteration.started':
      patchRun(log, event.run_id, { iteration: event.data.iteration, limit: event.data.limit });
      break;
    case 'message.user':
      answered(log, event.data.text);
      log.entries.push({ ...base, kind: 'user', ...event.data, pinned: log.pins.has(event.seq) });
      break;
    case 'message.agent':
      agentSaid(log, event.data.text, base);
      break;
    case 'message.pinned':
      pinned(log, event);
      break;
    case 'reasoning':
      if (event.data.text.trim()) {
        const { text, duration_ms } = event.data;
        log.entries.push({ ...base, kind: 'reasoning', text, durationMs: duration_ms, streaming: false });
      }
      break;
    case 'tool.called':
      called(log, event, base);
      break;
    case 'tool.returned':
      returned(log, event);
      break;
    case 'terminal.output':
    case 'cell.executed':
      attach(log, event);
      break;
    case 'cell.changed':
      cellChanged(log, event);
      break;
    case 'user.prompted':
      prompted(log, event, base);
      break;
    case 'interrupt.requested':
      interrupted(log, event, base);
      break;
    case 'limit.near':
      log.entries.push({ ...base, kind: 'limit', ...event.data });
      break;
    case 'line.forked':
      forked(log, event, base);
      break;
    case 'session.forked':
      branchedOff(log, event, base);
      break;
    case 'session.imported':
      halted(log);
      log.entries.push({ ...base, kind: 'imported', format: event.data.format, name: event.data.name });
      break;
    case 'context.compacted': {
      const { summary, pinned: kept, tokens_before, tokens_after } = event.data;
      const tokens = { before: tokens_before, after: tokens_after };
      log.entries.push({ ...base, kind: 'summary', text: summary, pinned: kept.length, tokens });
      break;
    }
    case 'context.imported': {
      const { upstream, name, key_results, disposition, text } = event.data;
      const counts = { keyResults: key_results.length, decided: disposition !== null };
      log.entries.push({ ...base, kind: 'context', upstream, name, text, ...counts });
      break;
    }
    case 'notebooks.changed':
      notebooksChanged(log, event, base);
      break;
    case 'run.undone':
      runUndone(log, event, base);
      break;
    case 'branch.switched':
      log.entries.push({ ...base, kind: 'switched', ...event.data });
      break;
    case 'merge.proposed':
      mergeProposed(log, event, base);
      break;
    case 'merge.applied':
    case 'merge.closed':
      mergeEnded(log, event, base);
      break;
    case 'key_result.added':
    case 'key_result.changed':
    case 'key_result.removed':
    case 'disposition.set':
      projectFinding(log.entries, event, base);
  }
}

function agentSaid(log: ILog, text: string, base: Base): void {
  if (text.trim()) {
    log.entries.push({ ...base, kind: 'agent', text, streaming: false, pinned: log.pins.has(base.seq) });
  }
}

function prompted(log: ILog, event: UserPrompted, base: Base): void {
  const { call_id, question, choices } = event.data;
  patchCall(log, callKey(event.run_id, call_id), { hidden: true });
  log.entries.push({ ...base, kind: 'question', question, choices, answer: null });
}

/** The user's message answers the question that is open, if one is. */
function answered(log: ILog, text: string): void {
  const stopped = log.entries.findLastIndex(entry => entry.kind === 'stopped');
  if (stopped >= 0) {
    // Nothing but notices comes between: the places of calls stay.
    log.entries.splice(stopped, 1);
  }
  const place = log.entries.findLastIndex(entry => entry.kind === 'question');
  const entry = log.entries[place];
  if (entry?.kind === 'question' && entry.answer === null) {
    patchEntry(log, place, { answer: text });
  }
}
