import type { JupyterFrontEnd } from '@jupyterlab/application';
import { InputDialog, Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { addKeyResult } from '../api/keyResults';
import type { Project, Session } from '../api/schema';
import { telling } from '../chats/dialogs';
import { CommandIDs } from '../commands';
import type { IConversations, ISessions } from '../tokens';

interface IParts {
  app: JupyterFrontEnd;
  sessions: ISessions;
  conversations: IConversations;
  trans: TranslationBundle;
}

/** Promote what a cell shows to a key result of the session that was last current. */
export async function promoteOutput(parts: IParts, panel: NotebookPanel, cell: string): Promise<void> {
  const { app, sessions, trans } = parts;
  const path = panel.context.localPath;
  const project = sessions.projects.at(path);
  if (!project) {
    return;
  }
  const session = await telling(() => sessionFor(parts, project));
  if (!session) {
    return;
  }
  const result = await telling(async () => {
    await panel.context.save();
    const notebook = project.path ? path.slice(project.path.length + 1) : path;
    return addKeyResult(sessions.settings, project.id, session.id, { notebook, cell_id: cell });
  });
  if (!result) {
    return;
  }
  const args = { project: project.id, session: session.id, result: result.id };
  Notification.success(trans.__('Promoted to key result %1 of “%2”', result.number, session.name), {
    autoClose: 6000,
    actions: [
      {
        label: trans.__('Show'),
        callback: () => void app.commands.execute(CommandIDs.showResults, args)
      }
    ]
  });
}

/** The session that was last current; without one, the only one, or the one that the person chooses. */
async function sessionFor(parts: IParts, project: Project): Promise<Session | undefined> {
  const { sessions, conversations, trans } = parts;
  const list = sessions.projects.sessionsOf(project.id);
  await list.ensure();
  const current = conversations.current === null ? undefined : list.get(conversations.current);
  if (current) {
    return current;
  }
  const open = list.items.filter(session => session.archived_at === null);
  const another = trans.__('New session');
  const names = distinct([another, ...open.map(session => session.name)]);
  const { button, value } = await InputDialog.getItem({
    title: trans.__('Promote to which session?'),
    label: trans.__('A key result belongs to a session of “%1”.', project.name),
    items: [...names.slice(1), another],
    okLabel: trans.__('Promote')
  });
  if (!button.accept || value === null) {
    return undefined;
  }
  return open[names.indexOf(value) - 1] ?? list.add();
}

/** Names that several have, told apart by numbers. */
export function distinct(names: readonly string[]): string[] {
  const taken = new Set(names);
  const given = new Set<string>();
  return names.map(name => {
    let own = name;
    for (let number = 2; given.has(own) || (own !== name && taken.has(own)); number += 1) {
      own = `${name} (${number})`;
    }
    given.add(own);
    return own;
  });
}
