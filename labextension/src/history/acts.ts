import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';

import { createElement } from 'react';

import { messageOf } from '../api/request';
import type { Version } from '../api/schema';
import { telling } from '../chats/dialogs';
import { CommandIDs } from '../commands';
import { clock } from '../components/times';
import { MAIN } from '../models/branches';
import type { HistoryModel } from '../models/history';
import { revealCell } from '../notebooks/reveal';
import type { IConversations, ISessions } from '../tokens';
import { askToConverge, comparisonOf } from './converge';
import { Difference, type MakeDifferences } from './difference';
import type { IBranchActs } from './table/menus';
import type { IHistoryActs } from './versions/widget';

/** What our pages need of JupyterLab and of our models. */
export interface IHistoryParts {
  readonly app: JupyterFrontEnd;
  readonly sessions: ISessions;
  readonly conversations: IConversations | null;
  readonly trans: TranslationBundle;
  readonly rendermime: IRenderMimeRegistry;
  readonly languages: IEditorLanguageRegistry | null;
}

/** What the page of branches asks of JupyterLab and of our other pages. */
export function branchActs(parts: IHistoryParts, project: string): IBranchActs {
  const { commands } = parts.app;
  const branches = parts.sessions.projects.branchesOf(project);
  return {
    onOpen: (branch, notebook, cell) => void openOn(parts, project, branch, notebook, cell),
    onHistory: (branch, notebook) =>
      void commands.execute(CommandIDs.notebookHistory, { project, notebook, branch }),
    onCompare: (branch, notebook) =>
      void commands.execute(CommandIDs.diff, {
        project,
        notebook,
        from: `branch:${MAIN}`,
        to: `branch:${branch}`,
        fromName: MAIN,
        toName: branches.nameOf(branch)
      }),
    onMerge: branch =>
      void commands.execute(CommandIDs.mergeBranch, { project, source: branch, target: MAIN }),
    onCompareTwo: (from, to, notebook) =>
      void commands.execute(CommandIDs.compareBranches, { project, notebook, branches: [from, to] }),
    onMeeting: convergence => void commands.execute(CommandIDs.compareBranches, comparisonOf(convergence)),
    onConverge: (selected, notebook) => void askToConverge(parts, project, selected, notebook),
    onFork: (branch, notebook, cell) =>
      void openOn(parts, project, branch, notebook, cell).then(
        // Not from another cell, or another notebook, that is looked at when this one cannot be shown.
        shown => shown && commands.execute(CommandIDs.fork)
      ),
    here: () => {
      const { conversations, sessions } = parts;
      const session = sessions.projects.sessionsOf(project).get(conversations?.current ?? '');
      return session?.active_branch ?? null;
    }
  };
}

/** What the history of a notebook asks of the server, of JupyterLab, and of our other pages. */
export function historyActs(parts: IHistoryParts, onSwitched: () => void): IHistoryActs {
  const { app, sessions } = parts;
  return page => {
    const { project } = page.place;
    // Asked for each time: the notebook may be renamed while the page is open.
    const notebook = () => page.place.notebook;
    const make = differencesOf(parts, project, notebook);
    return {
      onSwitch: branch => {
        page.look(branch);
        onSwitched();
      },
      onOpen: () => void openOn(parts, project, page.place.branch, notebook()),
      onBranches: () => void app.commands.execute(CommandIDs.openBranches, { project, notebook: notebook() }),
      onName: (state, entry, name, byKey) => {
        if (entry.kind === 'version') {
          void telling(() => state.name(entry.version, name, byKey));
        }
      },
      onRestore: async version => {
        await restore(parts, page.state.model, version);
      },
      onTakeBack: async version => {
        await telling(() => page.state.model.undo(version.id));
      },
      onBranch: async (version, name) => {
        try {
          const branch = await sessions.projects
            .branchesOf(project)
            .add({ name, parent: version.branch, version: version.id });
          branchMade(parts, branch, project, notebook());
          return null;
        } catch (error) {
          return messageOf(error);
        }
      },
      renderDifference: sides => createElement(Difference, { make, sides })
    };
  };
}

/** What the differences between versions of a notebook share. */
function differencesOf(
  { sessions, rendermime, languages }: IHistoryParts,
  project: string,
  notebook: () => string
): MakeDifferences {
  const { settings, projects } = sessions;
  return code => ({
    colours: new code.Colours(languages),
    contents: new code.CellContents(settings, project),
    renderer: new code.Renderer(rendermime),
    model: sides =>
      new code.DiffModel(settings, projects.sessionsOf(project), {
        project,
        notebook: notebook(),
        ...sides
      })
  });
}

/** Open a notebook on a branch, at a cell if one is given; whether that is shown now. */
async function openOn(
  { app, sessions, trans }: IHistoryParts,
  project: string,
  branch: string,
  notebook: string,
  cell?: string
): Promise<boolean> {
  const shown = await telling(async () => {
    const path = await sessions.projects.branchesOf(project).open(branch, notebook);
    const panel = (await app.commands.execute('docmanager:open', { path })) as NotebookPanel | undefined;
    if (!panel || cell === undefined) {
      return Boolean(panel);
    }
    if (await revealCell(panel, cell)) {
      return true;
    }
    throw new Error(trans.__('This cell is not in %1 any more.', notebook));
  });
  return shown ?? false;
}

/** Make a version the newest again, and offer to undo that. */
async function restore({ trans }: IHistoryParts, model: HistoryModel, version: Version): Promise<void> {
  const restored = await telling(() => model.restore(version));
  if (!restored) {
    return;
  }
  const what = version.name ?? clock(version.created_at);
  Notification.success(trans.__('Restored the version “%1”', what), {
    autoClose: 10_000,
    actions: [
      {
        label: trans.__('Undo'),
        callback: () => void telling(() => model.undo(restored.id))
      }
    ]
  });
}

function branchMade(
  parts: IHistoryParts,
  branch: { id: string; name: string },
  project: string,
  notebook: string
): void {
  const { trans } = parts;
  Notification.success(trans.__('Made branch “%1”', branch.name), {
    autoClose: 10_000,
    actions: [
      {
        label: trans.__('Open notebook'),
        callback: () => void openOn(parts, project, branch.id, notebook)
      }
    ]
  });
}
