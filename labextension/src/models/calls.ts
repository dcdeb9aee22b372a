import type { CellExecuted, TerminalOutput, ToolCalled, ToolReturned } from '../api/schema';
import type { ICall, ICallsEntry } from './entries';
import type { Base, ILog } from './log';

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

export function isOpen(call: ICall): boolean {
  return call.status === 'running' || call.status === 'waits';
}

export function called(log: ILog, event: ToolCalled, base: Base): void {
  const call = newCall(event);
  const key = `c${event.run_id}-${event.data.batch}`;
  const place = log.entries.findLastIndex(entry => entry.kind === 'calls' && entry.key === key);
  const entry = log.entries[place];
  if (entry?.kind === 'calls') {
    log.entries[place] = { ...entry, calls: [...entry.calls, call], wallMs: null };
    log.calls.set(call.id, place);
  } else {
    log.calls.set(call.id, log.entries.length);
    log.entries.push({ ...base, key, kind: 'calls', calls: [call], wallMs: null });
  }
}

export function returned(log: ILog, event: ToolReturned): void {
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

/** What a call did, by itself or in a kernel, goes to the call. */
export function attach(log: ILog, event: TerminalOutput | CellExecuted): void {
  const { call_id } = event.data;
  if (call_id) {
    patchCall(
      log,
      callKey(event.run_id, call_id),
      event.type === 'cell.executed'
        ? { cell: event.data, branch: event.data.branch }
        : { terminal: event.data, liveText: '' }
    );
  }
}

/** The calls of a run that has ended without them: nobody knows what became of them. */
export function abandonCalls(log: ILog, runId: string | null): void {
  log.entries.forEach((entry, place) => {
    if (entry.kind === 'calls' && entry.runId === runId && entry.calls.some(isOpen)) {
      const calls = entry.calls.map(call => (isOpen(call) ? { ...call, status: 'unknown' as const } : call));
      log.entries[place] = { ...entry, calls };
    }
  });
}

function newCall(event: ToolCalled): ICall {
  const { call_id, tool, arguments: args, arguments_blob } = event.data;
  return {
    id: callKey(event.run_id, call_id),
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
    branch: null,
    terminal: null,
    liveText: '',
    hidden: false
  };
}

function wallTime(entry: ICallsEntry, end: string): number {
  return Math.max(Date.parse(end) - Date.parse(entry.ts), ...entry.calls.map(call => call.durationMs));
}
