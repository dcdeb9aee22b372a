import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import type { ProjectPage } from '../project';
import { ISessions } from '../tokens';

/** The page of a project. */
export const project: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:project',
  description: 'The page of a project: sessions, dependencies, prompt, tools.',
  autoStart: true,
  requires: [ISessions],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null
  ): void => {
    const { commands, shell } = app;
    const { projects } = sessions;
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const tracker = new WidgetTracker<ProjectPage>({ namespace: 'jupyter-sessions-project' });
    const make = (code: typeof import('../project'), id: string) =>
      new code.ProjectPage(trans, projects, id, state, {
        onOpen: session => void commands.execute(CommandIDs.openSession, { project: id, session }),
        onNew: () => void commands.execute(CommandIDs.newSession, { project: id }),
        onCompare: () => void commands.execute(CommandIDs.compare, { project: id }),
        onFolder: path => void commands.execute('filebrowser:open-path', { path: `/${path}` })
      });
    commands.addCommand(CommandIDs.openProject, {
      label: trans.__('Open Project Page'),
      caption: trans.__('Sessions, dependencies, prompt and tools of the project'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            project: { type: 'string', description: trans.__('Id of the project; else the current one') },
            restore: { type: 'boolean', description: trans.__('Without taking the focus') }
          }
        }
      },
      isEnabled: args => typeof args.project === 'string' || projects.current !== null,
      execute: async args => {
        if (!projects.loaded) {
          await projects.load();
        }
        const id = typeof args.project === 'string' ? args.project : projects.current?.id;
        if (id === undefined || !projects.get(id)) {
          return;
        }
        // The page's code is loaded with the first one.
        const code = await import('../project');
        // Found, made and added in one go: a second press makes no second tab.
        const page = tracker.find(each => each.project === id) ?? make(code, id);
        if (!tracker.has(page)) {
          shell.add(page, 'main', { activate: false });
          await tracker.add(page);
        }
        if (!args.restore) {
          shell.activateById(page.id);
        }
      }
    });
    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.openProject,
        args: page => ({ project: page.project, restore: true }),
        name: page => page.project
      });
    }
    palette?.addItem({ command: CommandIDs.openProject, category: trans.__('Sessions') });
  }
};
