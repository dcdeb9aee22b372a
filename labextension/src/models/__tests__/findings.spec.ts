import { describe, expect, it } from 'vitest';

import type { KeyResultAddedData, NotebookChanged } from '../../api/schema';
import type { IDispositionEntry, IKeyResultEntry } from '../entries';
import { touchesSources } from '../findings';
import { newLog } from '../log';
import { project } from '../projection';
import { Story } from './events';

const ADDED: KeyResultAddedData = {
  key_result: 'K1',
  number: 1,
  title: 'Scores',
  description: '',
  chart: null,
  view: 'table',
  fields: null,
  columns: [{ name: 'auc', type: 'number' }],
  row_count: 1,
  total_rows: 1,
  table: null,
  outputs: null,
  origin: {
    notebook: 'model.ipynb',
    cell_id: 'c1',
    execution_count: 12,
    source_hash: 'abc',
    run_id: 'RUN1',
    call_id: null,
    event: null,
    kernel_id: null,
    executed_at: null
  },
  call_id: 'p'
};

function entriesOf(story: Story) {
  const log = newLog();
  story.events.forEach(event => project(log, event));
  return log.entries;
}

describe('key results in the log', () => {
  it('stand behind the calls of the response that promoted them', () => {
    const story = new Story().started('go').called('p', 1, 'promote_result').called('q', 1);
    story.add('key_result.added', ADDED).returned('p').returned('q');
    const entries = entriesOf(story);
    expect(entries.map(entry => entry.kind)).toEqual(['user', 'calls', 'keyResult']);
    expect(entries[2]).toMatchObject({ session: 'SESSION', removed: false, data: { title: 'Scores' } });
  });

  it('have the title and the view that they were given last, and stay where they were', () => {
    const { chart, description, fields } = ADDED;
    const story = new Story()
      .add('key_result.added', ADDED)
      .add('message.agent', { text: 'Done', model: null });
    story.add('key_result.changed', {
      key_result: 'K1',
      title: 'AUC',
      description,
      chart,
      view: 'output',
      fields
    });
    const [entry, other] = entriesOf(story);
    expect((entry as IKeyResultEntry).data).toMatchObject({ title: 'AUC', view: 'output', number: 1 });
    expect(other?.kind).toBe('agent');
  });

  it('are marked when they are removed', () => {
    const story = new Story().add('key_result.added', ADDED);
    story.add('key_result.removed', { key_result: 'K1', title: 'Scores' });
    story.add('key_result.removed', { key_result: 'K9', title: 'Of another page' });
    expect(entriesOf(story)).toMatchObject([{ kind: 'keyResult', removed: true }]);
  });
});

describe('dispositions in the log', () => {
  it('only the last one holds', () => {
    const schema = { type: 'object' };
    const story = new Story()
      .add('disposition.set', { value: { risk: 'LOW' }, evidence: {}, json_schema: schema, call_id: null })
      .add('disposition.set', {
        value: { risk: 'HIGH' },
        evidence: { risk: 'K1' },
        json_schema: schema,
        call_id: null
      });
    const entries = entriesOf(story) as IDispositionEntry[];
    expect(entries.map(entry => [entry.value.risk, entry.current])).toEqual([
      ['LOW', false],
      ['HIGH', true]
    ]);
    expect(entries[1]?.evidence).toEqual({ risk: 'K1' });
  });
});

describe('touchesSources', () => {
  const change = (op: object) => ({ ops: [op] }) as unknown as NotebookChanged;

  it('is true for an edit and false while outputs stream', () => {
    expect(touchesSources(change({ op: 'edit' }))).toBe(true);
    expect(touchesSources(change({ op: 'delete' }))).toBe(true);
    expect(touchesSources(change({ op: 'outputs' }))).toBe(false);
  });
});
