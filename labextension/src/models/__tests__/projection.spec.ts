import { describe, expect, it } from 'vitest';

import type { Event } from '../../api/schema';
import type { ICallsEntry } from '../entries';
import { type ILog, type IStart, newLog } from '../log';
import { project } from '../projection';
import { NO_USAGE, Story } from './events';

function logOf(events: Event[], start?: IStart): ILog {
  const log = newLog(start);
  events.forEach(event => project(log, event));
  return log;
}

describe('project', () => {
  it('shows what was said, in order', () => {
    const { events } = new Story()
      .queued('hello')
      .started('hello')
      .add('message.agent', { text: 'Hi', model: null })
      .completed();
    const log = logOf(events);
    expect(log.entries.map(entry => entry.kind)).toEqual(['user', 'agent']);
    expect(log.run).toBeNull();
    expect(log.queue).toEqual([]);
  });

  it('puts the calls of one response in one box with their wall time', () => {
    const { events } = new Story()
      .started('go')
      .called('a', 1)
      .called('b', 1)
      .returned('b')
      .returned('a')
      .called('c', 2);
    const [, first, second] = logOf(events).entries as ICallsEntry[];
    expect(first?.calls.map(call => call.status)).toEqual(['ok', 'ok']);
    expect(first?.wallMs).toBe(3000);
    expect(second?.calls.map(call => call.status)).toEqual(['running']);
    expect(second?.wallMs).toBeNull();
  });

  it('keeps calls apart whose ids are the same in two runs', () => {
    const story = new Story().started('one').called('1', 1).returned('1', 'error', 'no').completed();
    story.add('run.started', { model: 'x' }, 'RUN2');
    story.add(
      'tool.called',
      { call_id: '1', tool: 'read_file', arguments: {}, batch: 1, arguments_blob: null },
      'RUN2'
    );
    const boxes = logOf(story.events).entries.filter(entry => entry.kind === 'calls');
    expect(boxes.map(box => box.calls[0]?.status)).toEqual(['error', 'running']);
  });

  it('shows waiting messages until their turn comes or they are taken back', () => {
    const story = new Story().queued('one').started('one').queued('two', 'RUN2').queued('three', 'RUN3');
    expect(logOf(story.events).queue.map(message => message.text)).toEqual(['two', 'three']);
    story
      .add('run.cancelled', { usage: NO_USAGE, processing_ms: 0, by: 'user', steered: null }, 'RUN3')
      .started('two', 'RUN2');
    const log = logOf(story.events);
    expect(log.queue).toEqual([]);
    expect(log.entries.map(entry => entry.kind)).toEqual(['user', 'user']);
  });

  it('knows the run, its step and that it was interrupted', () => {
    const story = new Story().started('go').add('iteration.started', { iteration: 6, limit: 35 });
    expect(logOf(story.events).run).toMatchObject({ id: 'RUN1', iteration: 6, limit: 35, interrupt: null });
    story.add('interrupt.requested', { kernel: false }).add('interrupt.requested', { kernel: true });
    const log = logOf(story.events);
    expect(log.run?.interrupt).toEqual({ kernel: true });
    expect(log.entries.filter(entry => entry.kind === 'interrupted')).toHaveLength(1);
  });

  it('says after how long a run was interrupted, once it has ended', () => {
    const { events } = new Story()
      .started('go')
      .add('interrupt.requested', { kernel: false })
      .add('message.agent', { text: 'Stopped.', model: null })
      .add('run.cancelled', { usage: NO_USAGE, processing_ms: 5000, by: 'user', steered: null });
    const log = logOf(events);
    expect(log.entries[1]).toMatchObject({ kind: 'interrupted', afterMs: 2000, ended: true });
    expect(log.run).toBeNull();
  });

  it('does not know the outcome of calls whose run has failed', () => {
    const { events } = new Story()
      .started('go')
      .called('a', 1)
      .add('run.failed', {
        error: { code: 'server_stopped', message: 'The server stopped.' },
        usage: NO_USAGE,
        processing_ms: 1
      });
    const [, box, failure] = logOf(events).entries;
    expect((box as ICallsEntry).calls[0]?.status).toBe('unknown');
    expect(failure).toMatchObject({ kind: 'failure', runId: 'RUN1' });
  });

  it('asks instead of showing the call, and keeps the answer', () => {
    const story = new Story()
      .started('go')
      .called('q', 1, 'prompt_user')
      .add('user.prompted', { call_id: 'q', question: 'Which?', choices: ['a', 'b'] })
      .completed(true);
    const asked = logOf(story.events);
    expect((asked.entries[1] as ICallsEntry).calls[0]?.hidden).toBe(true);
    expect(asked.entries[2]).toMatchObject({ kind: 'question', answer: null });
    story.started('b', 'RUN2');
    expect(logOf(story.events).entries[2]).toMatchObject({ answer: 'b' });
  });

  it('says that the limit of steps is near, and that it is reached', () => {
    const { events } = new Story()
      .started('go')
      .add('limit.near', { iteration: 32, limit: 35 })
      .add('iteration.started', { iteration: 35, limit: 35 })
      .completed(true);
    expect(logOf(events).entries.slice(1)).toMatchObject([
      { kind: 'limit', iteration: 32 },
      { kind: 'limit', iteration: 35 }
    ]);
  });

  it('goes on from a run and a queue that began before the page', () => {
    const { events } = new Story().called('a', 3).returned('a').completed();
    const log = logOf(events, {
      run: { id: 'RUN1', startedAt: '2026-11-20T11:00:00Z', iteration: 0, limit: null, interrupt: null },
      queue: [{ runId: 'RUN2', text: 'next', ts: '2026-11-20T11:30:00Z', steer: false }]
    });
    expect(log.run).toBeNull();
    expect(log.queue).toHaveLength(1);
  });

  it('leaves out the end of a call whose beginning is on an earlier page', () => {
    const { events } = new Story().returned('a').add('message.agent', { text: 'Done', model: null });
    expect(logOf(events).entries.map(entry => entry.kind)).toEqual(['agent']);
  });
});
