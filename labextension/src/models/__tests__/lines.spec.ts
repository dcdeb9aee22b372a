import { describe, expect, it } from 'vitest';

import type { Event } from '../../api/schema';
import type { Entry, IEarlierEntry, IUserEntry } from '../entries';
import { countOf, unfolded } from '../lines';
import { type ILog, newLog } from '../log';
import { project } from '../projection';
import { moved } from '../queue';
import { NO_USAGE, Story } from './events';

function logOf(events: readonly Event[]): ILog {
  const log = newLog();
  events.forEach(event => project(log, event));
  return log;
}

const textOf = (entry: Entry) => (entry.kind === 'user' || entry.kind === 'agent' ? entry.text : entry.kind);
const texts = (events: readonly Event[]) => logOf(events).entries.map(textOf);
const queueOf = (events: readonly Event[]) => logOf(events).queue.map(message => message.text);

describe('an earlier message that is edited', () => {
  it('folds what was said since into one entry in its place', () => {
    const story = new Story().turn('one', 'A', 'R1').turn('two', 'B', 'R2').turn('three', 'C', 'R3');
    story.turn('two again', 'D', 'R4', story.seqOf('two'));
    expect(texts(story.events)).toEqual(['one', 'A', 'earlier', 'two again', 'D']);
    const fold = logOf(story.events).entries[2] as IEarlierEntry;
    expect(fold.entries.map(textOf)).toEqual(['two', 'B', 'three', 'C']);
    expect(fold.entries.every(entry => entry.depth === 1)).toBe(true);
    expect([countOf(fold), fold.seq]).toEqual([4, story.seqOf('two')]);
  });

  it('folds folds: the whole of it is counted, and unfolds one by one', () => {
    const story = new Story().turn('one', 'A', 'R1').turn('two', 'B', 'R2');
    story.turn('two b', 'C', 'R3', story.seqOf('two'));
    story.turn('one b', 'D', 'R4', story.seqOf('one'));
    const { entries } = logOf(story.events);
    expect(entries.map(textOf)).toEqual(['earlier', 'one b', 'D']);
    const [outer] = entries as IEarlierEntry[];
    expect(outer && countOf(outer)).toBe(6);
    const inner = outer?.entries.find(entry => entry.kind === 'earlier');
    const all = unfolded(entries, () => true);
    expect(all.map(textOf)).toEqual([
      'earlier', 'one', 'A', 'earlier', 'two', 'B', 'two b', 'C', 'one b', 'D'
    ]); // prettier-ignore
    expect(unfolded(entries, key => key !== inner?.key).map(textOf)).not.toContain('two');
    expect(all.map(entry => entry.depth ?? 0)).toEqual([0, 1, 1, 1, 2, 2, 1, 1, 0, 0]);
  });

  it('may be edited more than once: each version is a fold', () => {
    const story = new Story().turn('one', 'A', 'R1');
    story.turn('two', 'B', 'R2', story.seqOf('one')).turn('three', 'C', 'R3', story.seqOf('two'));
    expect(texts(story.events)).toEqual(['earlier', 'earlier', 'three', 'C']);
  });

  it('leaves no question of an earlier version open', () => {
    const story = new Story()
      .started('go')
      .called('q', 1, 'prompt_user')
      .add('user.prompted', { call_id: 'q', question: 'Which?', choices: [] })
      .completed(true);
    story.turn('go on', 'A', 'R2', story.seqOf('go'));
    const [fold] = logOf(story.events).entries as IEarlierEntry[];
    expect(fold?.entries.find(entry => entry.kind === 'question')).toMatchObject({ answer: null });
    expect(texts(story.events)).toEqual(['earlier', 'go on', 'A']);
  });

  it('does not touch a call of the new line with the id of an old one', () => {
    const story = new Story().started('go').called('1', 1).returned('1').completed();
    const seq = story.seqOf('go');
    story
      .add('run.started', { model: 'x' }, 'R2')
      .add('line.forked', { after: seq - 1, replaces: seq }, 'R2');
    story.add('tool.returned', { ...RETURNED, call_id: '1' });
    const [fold] = logOf(story.events).entries as IEarlierEntry[];
    expect(fold?.entries[1]).toMatchObject({ kind: 'calls', calls: [{ content: 'text' }] });
  });
});

const RETURNED = {
  tool: 'read_file',
  outcome: 'ok' as const,
  content: 'late',
  whole: null,
  duration_ms: 1,
  summary: ''
};

describe('the queue', () => {
  const busy = () => new Story().started('go').queued('a', 'RA').queued('b', 'RB').queued('c', 'RC');

  it('stands in the order that was given', () => {
    const { events } = busy().add('queue.ordered', { ids: ['RC', 'RA'] });
    expect(queueOf(events)).toEqual(['c', 'a', 'b']);
  });

  it('shows what a waiting message was changed to', () => {
    const { events } = busy().add('run.changed', { prompt: 'B!', steer: false }, 'RB');
    expect(queueOf(events)).toEqual(['a', 'B!', 'c']);
  });

  it('has what steers before all others, until it is taken in', () => {
    const story = busy().add('run.changed', { prompt: 'c', steer: true }, 'RC');
    expect(queueOf(story.events)).toEqual(['c', 'a', 'b']);
    const cancelled = { usage: NO_USAGE, processing_ms: 0, by: 'user' as const, steered: 'RUN1' };
    story.add('run.cancelled', cancelled, 'RC').said('c', 'RUN1', true);
    const log = logOf(story.events);
    expect(log.queue.map(message => message.text)).toEqual(['a', 'b']);
    expect(log.run?.id).toBe('RUN1');
    expect(log.entries.map(entry => entry.kind)).toEqual(['user', 'user']);
    expect((log.entries[1] as IUserEntry).steers).toBe(true);
  });

  it('counts the places of a move without the message that is moved', () => {
    const { queue } = logOf(busy().events);
    expect(moved(queue, 'RA', 2)).toEqual(['RB', 'RC', 'RA']);
    expect(moved(queue, 'RC', 0)).toEqual(['RC', 'RA', 'RB']);
  });
});

describe('what else a line tells', () => {
  it('pins and unpins a message', () => {
    const story = new Story().turn('one', 'A', 'R1');
    const seq = story.seqOf('one');
    story.add('message.pinned', { seq, pinned: true });
    expect(logOf(story.events).entries[0]).toMatchObject({ pinned: true });
    story.add('message.pinned', { seq, pinned: false });
    expect(logOf(story.events).entries[0]).toMatchObject({ pinned: false });
  });

  it('ends what went on where a session was forked in the middle of a run', () => {
    const story = new Story().queued('next', 'R2').started('go').called('a', 1);
    story.add('session.forked', { source: 'S1', name: 'Model', seq: story.events.length }, 'NONE');
    const log = logOf(story.events);
    expect([log.run, log.queue]).toEqual([null, []]);
    expect(log.entries[1]).toMatchObject({ calls: [{ status: 'unknown' }] });
    expect(log.entries[2]).toMatchObject({ kind: 'forked', source: 'S1', name: 'Model' });
  });

  it('shows a summary, and what another session has found', () => {
    const { events } = new Story()
      .add('context.imported', {
        upstream: 'S1',
        name: 'Features',
        cursor: 9,
        version: 2,
        key_results: [{ key_result: 'K', number: 1, title: '', table: null }],
        disposition: { ship: true },
        text: 'Gain: 3'
      })
      .add('context.compacted', {
        after: 1,
        summary: 'In short',
        pinned: [1, 2],
        tokens_before: 900,
        tokens_after: 90
      });
    expect(logOf(events).entries).toMatchObject([
      { kind: 'context', upstream: 'S1', keyResults: 1, decided: true, text: 'Gain: 3' },
      { kind: 'summary', text: 'In short', pinned: 2, tokens: { before: 900, after: 90 } }
    ]);
  });

  it('ends a run that cost something, or changed something, with a line that says so', () => {
    const cell = { cell_type: 'code', call_id: null, before: null, after: null, index: 0 };
    const change = { ...cell, notebook: 'a.ipynb', change: 'edited' as const };
    const { events } = new Story()
      .started('go')
      .add('cell.changed', { ...change, cell_id: 'x', lines_added: 3, lines_removed: 1 })
      .add('cell.changed', { ...change, cell_id: 'x', lines_added: 1, lines_removed: 0 })
      .add('cell.changed', { ...change, cell_id: 'y', lines_added: 1, lines_removed: 1 })
      .completed();
    const end = logOf(events).entries.at(-1);
    expect(end).toMatchObject({ kind: 'end', changes: { added: 5, removed: 2 } });
    expect(end?.kind === 'end' && end.changes?.cells).toBe(2);
  });

  it('offers ways on after an interrupt until a message comes', () => {
    const story = new Story()
      .started('go')
      .add('interrupt.requested', { kernel: false })
      .add('message.agent', { text: 'Stopped.', model: null })
      .add('run.cancelled', { usage: NO_USAGE, processing_ms: 1, by: 'user', steered: null });
    expect(texts(story.events)).toEqual(['go', 'interrupted', 'Stopped.', 'stopped']);
    story.turn('on', 'A', 'R2');
    expect(texts(story.events)).toEqual(['go', 'interrupted', 'Stopped.', 'on', 'A']);
  });
});
