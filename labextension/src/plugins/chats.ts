import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { Contents } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { newProject, telling } from '../chats/dialogs';
import { ChatsPanel } from '../chats/widget';
import { CommandIDs, NO_ARGS } from '../commands';
import { chatsIcon } from '../components/icons';
import { IConversations, ISessions } from '../tokens';

/** The Chats tab and the commands about projects and sessions. */
export const chats: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:chats',
  description: 'The Chats tab of the left sidebar.',
  autoStart: true,
  requires: [ISessions, IConversations],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    conversations: IConversations,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const { commands, shell } = app;
    const { projects } = sessions;
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const panel = new ChatsPanel(trans, conversations, {
      projects,
      onForm: () => void commands.execute(CommandIDs.newSession),
      onMessage: () => void commands.execute(CommandIDs.newChat),
      onHome: () => void commands.execute(CommandIDs.openProject),
      onExample: () => void telling(() => openExample(app, sessions)),
      onImport: file => void telling(() => importSession(commands, sessions, file)),
      onRemoved: session => conversations.close(session.id),
      onBranch: (session, at) =>
        // The list's code is loaded with the first one.
        void import('../branches/choosing').then(({ chooseForSession }) =>
          chooseForSession({ app, sessions, conversations, trans }, session, at)
        ),
      onCompare: ({ project_id, id }) =>
        void commands.execute(CommandIDs.compare, { project: project_id, sessions: [id] }),
      onOpen: place => void commands.execute(CommandIDs.openSession, { ...place })
    });
    shell.add(panel, 'left', { rank: 300, type: 'Chats' });
    restorer?.add(panel, panel.id);

    commands.addCommand(CommandIDs.showChats, {
      label: trans.__('Show Chats'),
      icon: args => (args.isPalette ? undefined : chatsIcon),
      describedBy: NO_ARGS,
      execute: () => shell.activateById(panel.id)
    });
    commands.addCommand(CommandIDs.newProject, {
      label: trans.__('New Project…'),
      describedBy: NO_ARGS,
      execute: async () => {
        shell.activateById(panel.id);
        await newProject(trans, projects);
      }
    });
    const category = trans.__('Sessions');
    for (const command of [CommandIDs.showChats, CommandIDs.newProject]) {
      palette?.addItem({ command, category, args: { isPalette: true } });
    }
  }
};

/** Make a session of a file, and open it. */
async function importSession(commands: CommandRegistry, { projects }: ISessions, file: File): Promise<void> {
  const session = await projects.sessions?.import(file);
  if (session) {
    await commands.execute(CommandIDs.openSession, { project: session.project_id, session: session.id });
  }
}

/** Open the example project with its notebook. */
async function openExample(
  { commands, serviceManager }: JupyterFrontEnd,
  { projects }: ISessions
): Promise<void> {
  const project = await projects.openExample();
  const folder = await serviceManager.contents.get(project.path);
  const notebook = (folder.content as Contents.IModel[]).find(file => file.type === 'notebook');
  if (notebook) {
    await commands.execute('docmanager:open', { path: notebook.path });
  }
}
