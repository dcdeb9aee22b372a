import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

import { newProject, telling } from '../chats/dialogs';
import { CommandIDs } from '../commands';
import { chatsIcon } from '../components/icons';
import { notebookIn } from '../notebooks/current';
import type { StartForm } from '../start';
import { ISessions } from '../tokens';

/** The form that starts a session, and starting one without a form. */
export const start: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:start',
  description: 'The form that starts a session.',
  autoStart: true,
  requires: [ISessions],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer, IStateDB, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null,
    notebooks: INotebookTracker | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const tracker = new WidgetTracker<StartForm>({ namespace: 'jupyter-sessions-start' });
    addForm(app, trans, sessions, tracker, state, notebooks);
    addChat(app, trans, sessions);
    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.newSession,
        args: form => ({ project: form.project, restore: true }),
        name: form => form.project
      });
    }
    const category = trans.__('Sessions');
    for (const command of [CommandIDs.newSession, CommandIDs.newChat]) {
      palette?.addItem({ command, category, args: { isPalette: true } });
    }
  }
};

const describedBy = (trans: TranslationBundle) => ({
  args: {
    type: 'object' as const,
    properties: {
      project: { type: 'string' as const, description: trans.__('Id of the project; else the current one') },
      restore: { type: 'boolean' as const, description: trans.__('Without taking the focus') }
    }
  }
});

function addForm(
  { commands, shell }: JupyterFrontEnd,
  trans: TranslationBundle,
  sessions: ISessions,
  tracker: WidgetTracker<StartForm>,
  state: IStateDB | null,
  notebooks: INotebookTracker | null
): void {
  const find = (project: string) => tracker.find(each => each.project === project);
  const formOf = async (project: string) => {
    // The form's code is loaded with the first one.
    const { StartForm } = await import('../start');
    if (sessions.models.items.length === 0) {
      void sessions.models.load().catch((reason: unknown) => console.warn('jupyter-sessions:', reason));
    }
    const open = find(project);
    if (open) {
      return open;
    }
    return new StartForm(trans, sessions, project, state, {
      notebook: () => notebookIn(notebooks, sessions.projects.get(project)?.path ?? null),
      onMade: session => void commands.execute(CommandIDs.openSession, { project, session }),
      onOpen: session => void commands.execute(CommandIDs.openSession, { project, session }),
      onProject: () => void commands.execute(CommandIDs.openProject, { project }),
      onSetup: () => sessions.models.wantSetup()
    });
  };
  commands.addCommand(CommandIDs.newSession, {
    label: args => (args.isLauncher ? trans.__('Session') : trans.__('New Session…')),
    caption: trans.__('Say what the agent is to do, decide and build on'),
    icon: args => (args.isPalette ? undefined : chatsIcon),
    describedBy: describedBy(trans),
    execute: async args => {
      const project = await projectOf(trans, sessions, args.project);
      if (project === null) {
        return;
      }
      const form = await formOf(project);
      if (!form.isAttached) {
        shell.add(form, 'main', { activate: false });
        await tracker.add(form);
      }
      if (!args.restore) {
        shell.activateById(form.id);
      }
    }
  });
}

function addChat({ commands }: JupyterFrontEnd, trans: TranslationBundle, sessions: ISessions): void {
  commands.addCommand(CommandIDs.newChat, {
    label: trans.__('New Session from a Message'),
    caption: trans.__('Start a conversation with the agent without a form'),
    icon: args => (args.isPalette ? undefined : chatsIcon),
    describedBy: describedBy(trans),
    execute: async args => {
      const project = await projectOf(trans, sessions, args.project);
      if (project === null) {
        return;
      }
      const session = await telling(() => sessions.projects.sessionsOf(project).add());
      if (session) {
        await commands.execute(CommandIDs.openSession, { project, session: session.id });
      }
    }
  });
}

/** The project that is meant: the one named, the current one, or one that is made now. */
async function projectOf(
  trans: TranslationBundle,
  { projects }: ISessions,
  named: unknown
): Promise<string | null> {
  if (!projects.loaded) {
    await projects.load();
  }
  if (typeof named === 'string' && named !== '') {
    return projects.get(named) ? named : null;
  }
  if (!projects.current) {
    await newProject(trans, projects);
  }
  return projects.current?.id ?? null;
}
