import type { Event } from '../../api/schema';

type Data<T extends Event['type']> = Extract<Event, { type: T }>['data'];

const START = Date.parse('2026-11-20T12:00:00Z');

/** Events of one session as the server numbers them, a second apart. */
export class Story {
  readonly events: Event[] = [];

  constructor(readonly run = 'RUN1') {}

  add<T extends Event['type']>(type: T, data: Data<T>, run = this.run): this {
    const seq = this.events.length + 1;
    const event = {
      type,
      data,
      seq,
      stream: 'SESSION',
      project_id: 'PROJECT',
      session_id: 'SESSION',
      run_id: run,
      parent: null,
      ts: new Date(START + seq * 1000).toISOString(),
      actor: 'agent'
    };
    this.events.push(event as unknown as Event);
    return this;
  }

  queued(prompt: string, run = this.run): this {
    const data = { prompt, model: 'offline', branch: 'main', notebook: null, steer: false, replaces: null };
    return this.add('run.queued', data, run);
  }

  started(prompt: string, run = this.run): this {
    return this.add('run.started', { model: 'offline' }, run).said(prompt, run);
  }

  said(text: string, run = this.run, steers = false): this {
    return this.add('message.user', { text, steers }, run);
  }

  /** A run that answers a message; the message that it is an edit of, if it is one. */
  turn(prompt: string, answer: string, run: string, replaces: number | null = null): this {
    this.queued(prompt, run).add('run.started', { model: 'offline' }, run);
    if (replaces !== null) {
      this.add('line.forked', { after: replaces - 1, replaces }, run);
    }
    return this.said(prompt, run)
      .add('message.agent', { text: answer, model: null }, run)
      .add('run.completed', { usage: NO_USAGE, processing_ms: 900, waits_for_answer: false }, run);
  }

  /** `seq` of the newest message of the user with this text. */
  seqOf(text: string): number {
    const found = this.events.findLast(event => event.type === 'message.user' && event.data.text === text);
    return found?.seq ?? 0;
  }

  called(call_id: string, batch: number, tool = 'read_file', args: Record<string, string> = {}): this {
    return this.add('tool.called', { call_id, tool, arguments: args, batch, arguments_blob: null });
  }

  returned(call_id: string, outcome: 'ok' | 'error' = 'ok', content = 'text'): this {
    return this.add('tool.returned', {
      call_id,
      tool: 'read_file',
      outcome,
      content,
      whole: null,
      duration_ms: 120,
      summary: ''
    });
  }

  completed(waits = false): this {
    return this.add('run.completed', { usage: NO_USAGE, processing_ms: 900, waits_for_answer: waits });
  }
}

export const NO_USAGE = { input_tokens: 0, output_tokens: 0, requests: 1, cost: null };
