import type { Event, Retrying } from '../api/schema';
import type { Live } from '../api/unions';
import type { Entry } from './entries';

interface IText {
  readonly key: string;
  readonly runId: string;
  readonly text: string;
  readonly since: number;
}

/** What is being written right now and is not in the log yet. */
export interface ITail {
  readonly message: IText | null;
  readonly reasoning: IText | null;
  readonly retrying: Retrying | null;
}

export const NO_TAIL: ITail = { message: null, reasoning: null, retrying: null };

/** The tail after a live message. */
export function tailAfterLive(tail: ITail, live: Live, now = Date.now()): ITail {
  switch (live.type) {
    case 'message.delta':
      return { ...tail, retrying: null, message: extended(tail.message, live, 'm', now) };
    case 'reasoning.delta':
      return { ...tail, retrying: null, reasoning: extended(tail.reasoning, live, 'r', now) };
    case 'retrying':
      return { ...NO_TAIL, retrying: live };
    default:
      return tail;
  }
}

/** The tail after an event, which holds what was written; and the key under which it was shown. */
export function tailAfterEvent(tail: ITail, event: Event): { tail: ITail; key: string | null } {
  switch (event.type) {
    case 'message.agent':
      return { tail: { ...tail, message: null, retrying: null }, key: tail.message?.key ?? null };
    case 'reasoning':
      return { tail: { ...tail, reasoning: null, retrying: null }, key: tail.reasoning?.key ?? null };
    case 'run.completed':
    case 'run.failed':
    case 'run.cancelled':
    case 'run.started':
      return { tail: NO_TAIL, key: null };
    case 'tool.called':
    case 'iteration.started':
      return { tail: tail.retrying ? { ...tail, retrying: null } : tail, key: null };
    default:
      return { tail, key: null };
  }
}

/** The tail as entries, in the order in which a model writes. */
export function tailEntries(tail: ITail, seq: number): Entry[] {
  const entries: Entry[] = [];
  const { reasoning, message } = tail;
  if (reasoning?.text.trim()) {
    const durationMs = (message?.since ?? Date.now()) - reasoning.since;
    entries.push({
      ...base(reasoning, seq),
      kind: 'reasoning',
      text: reasoning.text,
      durationMs,
      streaming: message === null
    });
  }
  if (message?.text.trim()) {
    const { text } = message;
    entries.push({ ...base(message, seq), kind: 'agent', text, streaming: true, pinned: false });
  }
  return entries;
}

/** Text with a delta laid at its offset; a delta with a gap before it is left out. */
export function spliced(text: string, offset: number, more: string): string {
  return offset > text.length ? text : text.slice(0, offset) + more;
}

function extended(
  old: IText | null,
  delta: { run_id: string; offset: number; text: string },
  prefix: string,
  now: number
): IText {
  const same = old?.runId === delta.run_id ? old : null;
  return {
    key: same?.key ?? `${prefix}${delta.run_id}-${(count += 1)}`,
    runId: delta.run_id,
    text: spliced(same?.text ?? '', delta.offset, delta.text),
    since: same?.since ?? now
  };
}

function base(text: IText, seq: number): Pick<Entry, 'key' | 'seq' | 'ts' | 'runId'> {
  return { key: text.key, seq, ts: new Date(text.since).toISOString(), runId: text.runId };
}

let count = 0;
