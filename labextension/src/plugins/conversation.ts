import {
  ILayoutRestorer,
  ILabShell,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { CommandIDs, NO_ARGS } from '../commands';
import type { ConversationWidget } from '../conversation';
import { type Area, Conversations } from '../conversation/conversations';
import type { SessionsModel } from '../models/sessions';
import { IConversations, ISessions } from '../tokens';

const ID = 'jupyter-sessions:conversation';

/** Conversations as tabs, and the commands about them. */
export const conversation: JupyterFrontEndPlugin<IConversations> = {
  id: ID,
  description: 'Conversations with the agent, as tabs.',
  autoStart: true,
  provides: IConversations,
  requires: [ISessions, IRenderMimeRegistry],
  optional: [
    ITranslator,
    IStateDB,
    ISettingRegistry,
    ICommandPalette,
    ILayoutRestorer,
    INotebookTracker,
    ILabShell
  ],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    state: IStateDB | null,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    notebooks: INotebookTracker | null,
    labShell: ILabShell | null
  ): IConversations => {
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const tracker = new WidgetTracker<ConversationWidget>({ namespace: 'jupyter-sessions-conversation' });
    const conversations = new Conversations(
      { app, sessions, rendermime, trans, state, notebooks, labShell },
      tracker
    );
    addCommands(app.commands, trans, conversations, palette);
    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.openSession,
        args: widget => ({ project: widget.project, session: widget.session, restore: true }),
        name: widget => widget.session
      });
    }
    announceEnds(app.commands, trans, sessions, conversations);
    if (registry) {
      conversations.ready = readSettings(registry, conversations);
    }
    return conversations;
  }
};

async function readSettings(registry: ISettingRegistry, conversations: Conversations): Promise<void> {
  try {
    const settings = await registry.load(ID);
    const read = () => {
      conversations.area = settings.get('area').composite as Area;
      conversations.showReasoning = settings.get('showReasoning').composite as boolean;
    };
    settings.changed.connect(read);
    read();
  } catch (reason) {
    console.error('jupyter-sessions: settings could not be loaded', reason);
  }
}

function addCommands(
  commands: CommandRegistry,
  trans: TranslationBundle,
  conversations: Conversations,
  palette: ICommandPalette | null
): void {
  commands.addCommand(CommandIDs.openSession, {
    label: trans.__('Open Session'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          project: { type: 'string', description: trans.__('Id of the project') },
          session: { type: 'string', description: trans.__('Id of the session') },
          beside: { type: 'boolean', description: trans.__('Open beside what is shown now') },
          restore: { type: 'boolean', description: trans.__('Without taking the focus') },
          at: { type: 'integer', description: trans.__('Number of the event to show') }
        },
        required: ['project', 'session']
      }
    },
    execute: args =>
      conversations.open({
        project: args.project as string,
        session: args.session as string,
        beside: Boolean(args.beside),
        restore: Boolean(args.restore),
        at: typeof args.at === 'number' ? args.at : undefined
      })
  });
  commands.addCommand(CommandIDs.interrupt, {
    label: trans.__('Interrupt the Agent'),
    describedBy: NO_ARGS,
    isEnabled: () => conversations.last?.running ?? false,
    execute: () => conversations.last?.interrupt()
  });
  commands.addCommand(CommandIDs.focusComposer, {
    label: trans.__('Write a Message to the Agent'),
    describedBy: NO_ARGS,
    isEnabled: () => conversations.last !== null,
    execute: () => conversations.show()
  });
  const category = trans.__('Sessions');
  for (const command of [CommandIDs.interrupt, CommandIDs.focusComposer]) {
    palette?.addItem({ command, category });
  }
}

/** One notification for a run that ends while nobody looks at its session. */
function announceEnds(
  commands: CommandRegistry,
  trans: TranslationBundle,
  { projects }: ISessions,
  conversations: Conversations
): void {
  const before = new Map<string, string>();
  const look = ({ items, project }: SessionsModel) => {
    for (const session of items) {
      const ended = before.get(session.id) === 'running' && session.status !== 'running';
      before.set(session.id, session.status);
      if (!ended || session.status === 'queued' || conversations.isVisible(session.id)) {
        continue;
      }
      const text = {
        waiting: trans.__('“%1” waits for your answer', session.name),
        failed: trans.__('“%1” stopped', session.name),
        idle: trans.__('“%1” is done', session.name)
      }[session.status as 'waiting' | 'failed' | 'idle'];
      Notification.emit(text, session.status === 'failed' ? 'error' : 'info', {
        autoClose: 5000,
        actions: [
          {
            label: trans.__('Open'),
            callback: () => void commands.execute(CommandIDs.openSession, { project, session: session.id })
          }
        ]
      });
    }
  };
  const followed = new Set<object>();
  projects.changed.connect(() => {
    const { sessions } = projects;
    if (sessions && !followed.has(sessions)) {
      followed.add(sessions);
      sessions.changed.connect(look);
    }
  });
}
