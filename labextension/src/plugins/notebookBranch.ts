import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

import type { Session } from '../api/schema';
import { BranchButton } from '../branches/button';
import type { IBranchParts } from '../branches/parts';
import { CommandIDs, NO_ARGS } from '../commands';
import { withKeysHeld } from '../components/focus';
import { branchIcon } from '../components/icons';
import { MAIN } from '../models/branches';
import { IConversations, ISessions } from '../tokens';

/** The branch of a notebook in its toolbar, and the commands about branches. */
export const notebookBranch: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:notebook-branch',
  description: 'The branch of a notebook in its toolbar, and the commands about branches.',
  autoStart: true,
  requires: [ISessions, IConversations],
  optional: [ITranslator, ICommandPalette, INotebookTracker, IToolbarWidgetRegistry],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    conversations: IConversations,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    notebooks: INotebookTracker | null,
    toolbars: IToolbarWidgetRegistry | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const parts = { app, sessions, conversations, trans };
    toolbars?.addFactory<NotebookPanel>(
      'Notebook',
      'branch',
      panel => new BranchButton(trans, sessions.projects, panel, at => void choose(parts, panel, at))
    );
    addCommands(parts, notebooks);
    for (const command of [CommandIDs.newBranch, CommandIDs.switchBranch, CommandIDs.renameBranch]) {
      palette?.addItem({ command, category: trans.__('Sessions'), args: { isPalette: true } });
    }
  }
};

/** The code of the lists and dialogs is loaded with the first one. */
const code = () => withKeysHeld(() => import('../branches/choosing'));

async function choose(parts: IBranchParts, panel: NotebookPanel, at: HTMLElement | null): Promise<void> {
  await (await code()).chooseForNotebook(parts, panel, at);
}

function addCommands(parts: IBranchParts, notebooks: INotebookTracker | null): void {
  const { app, sessions, trans } = parts;
  const { commands, shell } = app;
  /** The notebook that is looked at, when it lies in a project. */
  const panel = () => {
    const { currentWidget } = notebooks ?? { currentWidget: null };
    const inProject = currentWidget && sessions.projects.at(currentWidget.context.localPath) !== null;
    return inProject && shell.currentWidget === currentWidget ? currentWidget : null;
  };
  const isEnabled = () => panel() !== null || sessionNow(parts) !== null;
  commands.addCommand(CommandIDs.newBranch, {
    label: trans.__('New Branch…'),
    caption: trans.__('Work on the notebooks without changing those that there are'),
    icon: args => (args.isPalette ? undefined : branchIcon),
    describedBy: describedBy(trans),
    isEnabled: () => sessions.projects.current !== null || isEnabled(),
    execute: async args => {
      const here = panel();
      const { createBranch, createHere } = await code();
      if (here && typeof args.project !== 'string') {
        await createHere(parts, here);
        return;
      }
      const session = sessionNow(parts);
      const project = text(args.project) ?? session?.project_id ?? sessions.projects.current?.id;
      if (project !== undefined) {
        const parent = text(args.parent) ?? session?.active_branch ?? MAIN;
        const name = text(args.name) ?? '';
        await createBranch(parts, { project, name, parent, session });
      }
    }
  });
  commands.addCommand(CommandIDs.switchBranch, {
    label: trans.__('Switch Branch…'),
    caption: trans.__('Of the notebook that is looked at, or of the session'),
    icon: args => (args.isPalette ? undefined : branchIcon),
    describedBy: NO_ARGS,
    isEnabled,
    execute: async () => {
      const here = panel();
      const session = sessionNow(parts);
      if (here) {
        await choose(parts, here, here.toolbar.node.querySelector('.jps-NotebookBranch button'));
      } else if (session) {
        (await code()).chooseForSession(parts, session, null);
      }
    }
  });
  commands.addCommand(CommandIDs.renameBranch, {
    label: trans.__('Rename Branch…'),
    icon: args => (args.isPalette ? undefined : branchIcon),
    describedBy: NO_ARGS,
    isEnabled,
    execute: async () => {
      await (await code()).renameNow(parts, panel(), sessionNow(parts));
    }
  });
}

/** The session whose tab was last current. */
function sessionNow({ sessions, conversations }: IBranchParts): Session | null {
  const { projects } = sessions;
  for (const { id } of conversations.current === null ? [] : projects.items) {
    const session = projects.sessionsOf(id).get(conversations.current ?? '');
    if (session) {
      return session;
    }
  }
  return null;
}

const describedBy = (trans: TranslationBundle) => ({
  args: {
    type: 'object' as const,
    properties: {
      project: { type: 'string' as const, description: trans.__('Id of the project; else the current one') },
      parent: { type: 'string' as const, description: trans.__('Id of the branch to make it from') },
      name: { type: 'string' as const, description: trans.__('Name to begin with') }
    }
  }
});

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
