import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import { expect, it } from 'vitest';

import { CommandIDs } from '../../commands';
import { HeldServer, settled } from '../../models/__tests__/held';
import type { ProjectsModel } from '../../models/projects';
import { project as plugin } from '../../plugins/project';
import type { ISessions } from '../../tokens';
import { ProjectPageModel } from '../model';

const BUSY = { code: 'unavailable', message: 'Busy.' };
const TOOL = { name: 'run_cell', title: 'Run.', group: 'notebooks', always: false };

function projectsOn(server: HeldServer, followed: Signal<object, void>): ProjectsModel {
  return {
    settings: server.settings,
    loaded: true,
    get: () => ({ id: 'P', name: 'Churn' }),
    changed: new Signal({}),
    sessionsOf: () => ({ followed })
  } as unknown as ProjectsModel;
}

it('the tools of a project are read when the server is there again', async () => {
  const server = new HeldServer();
  const followed = new Signal<object, void>({});
  const model = new ProjectPageModel(projectsOn(server, followed), 'P', null);
  void model.load();
  await server.answer('tools', BUSY, { status: 500 });
  expect(model.error).toBe('Busy.');
  followed.emit();
  await server.answer('runtimes', { items: [] });
  await server.answer('runtimes', { items: [] });
  await server.answer('tools', { items: [TOOL] });
  expect([model.error, model.tools.length]).toEqual([null, 1]);
  model.dispose();
});

it('what was refused is told where it was asked for', async () => {
  const server = new HeldServer();
  const projects = projectsOn(server, new Signal<object, void>({}));
  projects.update = () => Promise.reject(new Error('Busy.'));
  const model = new ProjectPageModel(projects, 'P', null);
  model.write('Mine');
  await model.saveInstructions();
  expect([model.draftError, model.toolsError, model.error]).toEqual(['Busy.', null, null]);
  model.write('Mine, again');
  expect(model.draftError).toBeNull();
  model.switchTool('run_cell', false);
  await settled();
  expect([model.draftError, model.toolsError, model.error]).toEqual([null, 'Busy.', null]);
  model.dispose();
});

it('a second press opens no second page of a project', async () => {
  const shown: Widget[] = [];
  const app = {
    commands: new CommandRegistry(),
    shell: { add: (widget: Widget) => shown.push(widget), activateById: () => undefined }
  } as unknown as JupyterFrontEnd;
  const sessions = { projects: projectsOn(new HeldServer(), new Signal({})) } as ISessions;
  void plugin.activate(app, sessions, null, null, null as ILayoutRestorer | null, null);
  const open = () => app.commands.execute(CommandIDs.openProject, { project: 'P' });
  await Promise.all([open(), open()]);
  await settled();
  expect(new Set(shown).size).toBe(1);
});
