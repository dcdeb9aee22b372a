import type {
  CellExecuted,
  Event,
  RunCancelled,
  RunFailed,
  TerminalOutput,
  ToolCalled,
  ToolReturned,
  UserPrompted
} from '../api/schema';
import type { Entry, IActiveRun, ICall, ICallsEntry, IQueued } from './entries';
import { projectFinding } from './findings';

/** What a stretch of a session's log amounts to. Made by `project`, event by event. */
export interface ILog {
  readonly entries: Entry[];
  /** Place of the entry that a call is in. */
  readonly calls: Map<string, number>;
  queue: IQueued[];
  run: IActiveRun | null;
}

/** What the server says besides the log: a run or a queue that began before the part that is loaded. */
export interface IStart {
  readonly run: IActiveRun | null;
  readonly queue: readonly IQueued[];
}

export function newLog(start: IStart = { run: null, queue: [] }): ILog {
  return { entries: [], calls: new Map(), queue: [...start.queue], run: start.run };
}

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
      queued(log, { runId: event.run_id ?? '', text: event.data.prompt, ts: event.ts });
      break;
    case 'run.started':
      started(log, event.run_id ?? '', event.ts);
      break;
    case 'run.completed':
      completed(log, event.run_id, event.data.waits_for_answer, base);
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
      log.entries.push({ ...base, kind: 'user', text: event.data.text });
      break;
    case 'message.agent':
      if (event.data.text.trim()) {
        log.entries.push({ ...base, kind: 'agent', text: event.data.text, streaming: false });
      }
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
      attach(log, event);
      break;
    case 'cell.executed':
      attach(log, event);
      break;
    case 'user.prompted':
      prompted(log, event, base);
      break;
    case 'interrupt.requested':
      interrupted(log, event.run_id, event.data.kernel, event.ts, base);
      break;
    case 'limit.near':
      log.entries.push({ ...base, kind: 'limit', ...event.data });
      break;
    case 'key_result.added':
    case 'key_result.changed':
    case 'key_result.removed':
    case 'disposition.set':
      projectFinding(log.entries, event, base);
  }
}

/** Name of a call: models give ids that need not be new in each run. */
export function callKey(runId: string | null, callId: string): string {
  return `${runId ?? ''}/${callId}`;
}

/** Replace a call of the log; nothing happens when the log does not hold it. */
export function patchCall(log: ILog, id: string, patch: Partial<ICall>): void {
  const place = log.calls.get(id);
  const entry = place === undefined ? undefined : log.entries[place];
  if (place === undefined || entry?.kind !== 'calls') {
    return;
  }
  const calls = entry.calls.map(call => (call.id === id ? { ...call, ...patch } : call));
  log.entries[place] = { ...entry, calls };
}

const NO_KEYS: ReadonlyMap<number, string> = new Map();

type Base = Pick<Entry, 'key' | 'seq' | 'ts' | 'runId'>;

function queued(log: ILog, message: IQueued): void {
  if (!log.queue.some(each => each.runId === message.runId)) {
    log.queue = [...log.queue, message];
  }
}

function started(log: ILog, id: string, ts: string): void {
  log.queue = log.queue.filter(each => each.runId !== id);
  log.run = { id, startedAt: ts, iteration: 0, limit: null, interrupt: null };
}

function patchRun(log: ILog, id: string | null, patch: Partial<IActiveRun>): void {
  if (log.run && log.run.id === id) {
    log.run = { ...log.run, ...patch };
  }
}

function ended(log: ILog, id: string | null): void {
  if (log.run?.id === id) {
    log.run = null;
  }
  log.entries.forEach((entry, place) => {
    if (entry.kind === 'calls' && entry.runId === id && entry.calls.some(isOpen)) {
      const calls = entry.calls.map(call => (isOpen(call) ? { ...call, status: 'unknown' as const } : call));
      log.entries[place] = { ...entry, calls };
    }
  });
}

function completed(log: ILog, id: string | null, waits: boolean, base: Base): void {
  const run = log.run;
  if (run && run.id === id && waits && run.limit !== null && run.iteration >= run.limit) {
    log.entries.push({ ...base, kind: 'limit', iteration: run.iteration, limit: run.limit });
  }
  ended(log, id);
}

function failed(log: ILog, event: RunFailed, base: Base): void {
  log.queue = log.queue.filter(each => each.runId !== event.run_id);
  ended(log, event.run_id);
  log.entries.push({ ...base, kind: 'failure', error: event.data.error });
}

function cancelled(log: ILog, event: RunCancelled, base: Base): void {
  if (log.queue.some(each => each.runId === event.run_id)) {
    log.queue = log.queue.filter(each => each.runId !== event.run_id);
    return;
  }
  ended(log, event.run_id);
  const place = log.entries.findLastIndex(
    entry => entry.kind === 'interrupted' && entry.runId === event.run_id
  );
  const entry = log.entries[place];
  if (entry?.kind === 'interrupted') {
    log.entries[place] = { ...entry, ended: true };
  } else if (log.entries.some(each => each.runId === event.run_id)) {
    const { by, processing_ms } = event.data;
    log.entries.push({ ...base, kind: 'interrupted', by, afterMs: processing_ms, ended: true });
  }
}

function interrupted(log: ILog, id: string | null, kernel: boolean, ts: string, base: Base): void {
  const run = log.run?.id === id ? log.run : null;
  patchRun(log, id, { interrupt: { kernel: kernel || (run?.interrupt?.kernel ?? false) } });
  if (log.entries.some(entry => entry.kind === 'interrupted' && entry.runId === id)) {
    return;
  }
  const afterMs = run && Date.parse(ts) - Date.parse(run.startedAt);
  log.entries.push({ ...base, kind: 'interrupted', by: 'user', afterMs, ended: false });
}

function called(log: ILog, event: ToolCalled, base: Base): void {
  const { call_id, tool, arguments: args, arguments_blob, batch } = event.data;
  const id = callKey(event.run_id, call_id);
  const call: ICall = {
    id,
    tool,
    arguments: args,
    argumentsBlob: arguments_blob?.blob ?? null,
    ts: event.ts,
    status: 'running',
    content: '',
    whole: null,
    durationMs: 0,
    summary: '',
    cell: null,
    terminal: null,
    liveText: '',
    hidden: false
  };
  const key = `c${event.run_id}-${batch}`;
  const place = log.entries.findLastIndex(entry => entry.kind === 'calls' && entry.key === key);
  const entry = log.entries[place];
  if (entry?.kind === 'calls') {
    log.entries[place] = { ...entry, calls: [...entry.calls, call], wallMs: null };
    log.calls.set(id, place);
  } else {
    log.calls.set(id, log.entries.length);
    log.entries.push({ ...base, key, kind: 'calls', calls: [call], wallMs: null });
  }
}

function returned(log: ILog, event: ToolReturned): void {
  const { call_id, outcome, content, whole, duration_ms, summary } = event.data;
  const id = callKey(event.run_id, call_id);
  patchCall(log, id, {
    status: outcome,
    content,
    whole: whole && { blob: whole.blob, size: whole.size },
    durationMs: duration_ms,
    summary,
    liveText: ''
  });
  const place = log.calls.get(id);
  const entry = place === undefined ? undefined : log.entries[place];
  if (place !== undefined && entry?.kind === 'calls' && !entry.calls.some(isOpen)) {
    log.entries[place] = { ...entry, wallMs: wallTime(entry, event.ts) };
  }
}

function wallTime(entry: ICallsEntry, end: string): number {
  return Math.max(Date.parse(end) - Date.parse(entry.ts), ...entry.calls.map(call => call.durationMs));
}

function attach(log: ILog, event: TerminalOutput | CellExecuted): void {
  const { call_id } = event.data;
  if (call_id) {
    patchCall(
      log,
      callKey(event.run_id, call_id),
      event.type === 'cell.executed' ? { cell: event.data } : { terminal: event.data, liveText: '' }
    );
  }
}

function prompted(log: ILog, event: UserPrompted, base: Base): void {
  const { call_id, question, choices } = event.data;
  patchCall(log, callKey(event.run_id, call_id), { hidden: true });
  log.entries.push({ ...base, kind: 'question', question, choices, answer: null });
}

/** The user's message answers the question that is open, if one is. */
function answered(log: ILog, text: string): void {
  const place = log.entries.findLastIndex(entry => entry.kind === 'question');
  const entry = log.entries[place];
  if (entry?.kind === 'question' && entry.answer === null) {
    log.entries[place] = { ...entry, answer: text };
  }
}

function isOpen(call: ICall): boolean {
  return call.status === 'running' || call.status === 'waits';
}
