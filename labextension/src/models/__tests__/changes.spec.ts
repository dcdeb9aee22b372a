import { describe, expect, it } from 'vitest';

import type { Event } from '../../api/schema';
import type { IEndEntry } from '../entries';
import { newLog } from '../log';
import { project } from '../projection';
import { Story } from './events';

const entriesOf = (events: Event[]) => {
  const log = newLog();
  events.forEach(event => project(log, event));
  return log.entries;
};
const endOf = (events: Event[]) =>
  entriesOf(events).find((entry): entry is IEndEntry => entry.kind === 'end');

const NOTEBOOK = {
  notebook: 'a.ipynb',
  branch: 'main',
  branch_name: 'main',
  cells: 3,
  lines_added: 31,
  lines_removed: 4,
  outputs: 1
};
const CHANGED = { notebooks: [NOTEBOOK], files: [], incomplete: false };
const UNDONE = {
  run: 'RUN1',
  session: 'SESSION',
  undos: [7],
  redo: false,
  partly: false,
  cells: 3,
  files: 0,
  left: []
};

describe('the end of a run', () => {
  it('tells what the server found, whether that comes before the end or after it', () => {
    const before = new Story().started('go').add('notebooks.changed', CHANGED).completed();
    const after = new Story().started('go').completed().add('notebooks.changed', CHANGED);
    for (const { events } of [before, after]) {
      const ends = entriesOf(events).filter(entry => entry.kind === 'end');
      expect(ends).toHaveLength(1);
      expect(ends[0]?.changes).toMatchObject({ cells: 3, notebooks: 1, added: 31, removed: 4, kept: true });
    }
  });

  it('says nothing of a run that changed nothing', () => {
    const { events } = new Story()
      .started('go')
      .add('notebooks.changed', { ...CHANGED, notebooks: [{ ...NOTEBOOK, cells: 0 }] })
      .completed();
    expect(endOf(events)).toBeUndefined();
  });

  it('says that it was undone until it is done again', () => {
    const story = new Story().started('go').completed().add('notebooks.changed', CHANGED);
    story.add('run.undone', UNDONE, 'RUN1');
    expect(endOf(story.events)?.undone).toMatchObject({ partly: false, cells: 3 });
    story.add('run.undone', { ...UNDONE, redo: true }, 'RUN1');
    expect(endOf(story.events)?.undone).toBeNull();
  });

  it('gives an undo an entry of its own where the end of the run is not loaded', () => {
    const [entry] = entriesOf(new Story().add('run.undone', UNDONE).events);
    expect(entry).toMatchObject({ kind: 'undone', runId: 'RUN1' });
  });
});

describe('branches and merges', () => {
  it('says from where on a session works on another branch', () => {
    const [entry] = entriesOf(new Story().add('branch.switched', { branch: 'B', name: 'try-x' }).events);
    expect(entry).toMatchObject({ kind: 'switched', name: 'try-x' });
  });

  it('turns the card of a merge into what came of it', () => {
    const data = {
      merge: 'M',
      source: 'B',
      source_name: 'try-x',
      target: 'main',
      target_name: 'main',
      operation: null,
      cells: 0
    };
    const story = new Story().add('merge.proposed', data);
    expect(entriesOf(story.events)).toMatchObject([{ kind: 'merge', status: 'open' }]);
    story.add('merge.applied', { ...data, operation: 9, cells: 4 });
    expect(entriesOf(story.events)).toMatchObject([{ kind: 'merge', status: 'merged', cells: 4 }]);
  });
});
