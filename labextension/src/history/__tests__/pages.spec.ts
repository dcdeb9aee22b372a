import { nullTranslator } from '@jupyterlab/translation';
import { DisposableDelegate } from '@lumino/disposable';
import { expect, it } from 'vitest';

import { BranchesModel } from '../../models/branches';
import { ProjectsModel } from '../../models/projects';
import { SessionsModel } from '../../models/sessions';
import { HeldServer } from '../../models/__tests__/held';
import type { EventSocket, EventSockets } from '../../models/socket';
import type { IHistoryParts } from '../acts';
import { branchesPage, historyPage } from '../pages';

it('a page of branches that was closed is not told which session is current: it would be drawn again', () => {
  const callbacks = new Set<() => void>();
  const { settings } = new HeldServer();
  const parts = {
    trans: nullTranslator.load('jupyter_sessions'),
    app: { serviceManager: {}, commands: {} },
    sessions: { projects: projectsOn(settings) },
    conversations: {
      onChange: (callback: () => void) => {
        callbacks.add(callback);
        return new DisposableDelegate(() => callbacks.delete(callback));
      }
    }
  } as unknown as IHistoryParts;
  const page = branchesPage(parts, 'P', null);
  page.dispose();
  expect(callbacks.size).toBe(0);
});

it('the history of a notebook that was renamed is another tab than that of a new one with its old name', () => {
  const { settings } = new HeldServer();
  const projects = projectsOn(settings);
  const parts = {
    trans: nullTranslator.load('jupyter_sessions'),
    app: { serviceManager: {}, commands: {} },
    sessions: { settings, projects, sockets: { of: () => socket } }
  } as unknown as IHistoryParts;
  const place = { project: 'P', branch: 'main', notebook: 'a.ipynb' };
  const renamed = historyPage(parts, place, () => undefined);
  renamed.look('main', 'b.ipynb');
  const made = historyPage(parts, place, () => undefined);
  expect(made.id).not.toBe(renamed.id);
  renamed.dispose();
  made.dispose();
});

const socket = { changed: { connect: () => true, disconnect: () => true } } as unknown as EventSocket;

function projectsOn(settings: HeldServer['settings']): ProjectsModel {
  const projects = new ProjectsModel(settings, { of: () => socket } as unknown as EventSockets, null);
  projects.branchesOf = () => new BranchesModel(settings, socket, 'P', () => '');
  projects.sessionsOf = () => new SessionsModel(settings, socket, 'P');
  return projects;
}
