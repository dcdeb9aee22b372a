import { nullTranslator } from '@jupyterlab/translation';
import { beforeEach, expect, it } from 'vitest';

import { CommandIDs } from '../../commands';
import { settled } from '../../models/__tests__/held';
import { branchActs, historyActs, type IHistoryParts } from '../acts';
import type { HistoryPage } from '../versions/widget';

/** What JupyterLab was asked to do, with the notebook that it was asked about. */
let asked: [string, unknown][];
/** Cells of the notebook that opens; `null`: it cannot be opened. */
let cells: string[] | null;

const panel = (ids: string[]) => ({
  context: { ready: Promise.resolve() },
  content: { widgets: ids.map(id => ({ model: { id } })), scrollToCell: () => Promise.resolve() }
});

const parts = {
  trans: nullTranslator.load('jupyter_sessions'),
  app: {
    commands: {
      execute: (command: string, args?: { path?: string; notebook?: string }) => {
        asked.push([command, args?.path ?? args?.notebook]);
        return Promise.resolve(cells && panel(cells));
      }
    }
  },
  sessions: {
    projects: {
      branchesOf: () => ({
        open: (branch: string, notebook: string) =>
          cells ? Promise.resolve(`${branch}/${notebook}`) : Promise.reject(new Error('gone'))
      })
    }
  }
} as unknown as IHistoryParts;

beforeEach(() => {
  asked = [];
  cells = ['a'];
});

it('a fork begins at the cell that was asked for', async () => {
  branchActs(parts, 'P').onFork('B', 'n.ipynb', 'a');
  await settled();
  expect(asked).toEqual([
    ['docmanager:open', 'B/n.ipynb'],
    [CommandIDs.fork, undefined]
  ]);
});

it('a fork does not begin at another cell when the notebook cannot be opened, or has lost the cell', async () => {
  branchActs(parts, 'P').onFork('B', 'n.ipynb', 'deleted');
  await settled();
  cells = null;
  branchActs(parts, 'P').onFork('B', 'n.ipynb', 'a');
  await settled();
  expect(asked.map(([command]) => command)).not.toContain(CommandIDs.fork);
});

it('the history of a notebook that was renamed opens what it is called now', async () => {
  const page = { place: { project: 'P', branch: 'B', notebook: 'old.ipynb' } };
  const acts = historyActs(parts, () => undefined)(page as HistoryPage);
  page.place = { ...page.place, notebook: 'new.ipynb' };
  acts.onOpen();
  acts.onBranches();
  await settled();
  expect(asked).toEqual([
    [CommandIDs.openBranches, 'new.ipynb'],
    ['docmanager:open', 'B/new.ipynb']
  ]);
});
