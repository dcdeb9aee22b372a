import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import type { IForkParts } from '../branches/fork';
import { CommandIDs, NO_ARGS } from '../commands';
import { withKeysHeld } from '../components/focus';
import { branchIcon } from '../components/icons';
import { cellAt, type CellWidget } from '../notebooks/cellAt';
import { IConversations, ISessions } from '../tokens';

/** Forking a notebook at a cell, and the line in notebooks that were forked. */
export const fork: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:fork',
  description: 'Forks a notebook at a cell, with the state of its kernel.',
  autoStart: true,
  requires: [ISessions, IConversations, INotebookTracker],
  optional: [ITranslator, ICommandPalette, IEditorServices],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    conversations: IConversations,
    notebooks: INotebookTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    editors: IEditorServices | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const parts = { app, sessions, conversations, notebooks, trans };
    addCommand(parts);
    addVariants(parts, editors);
    followForks(parts);
    for (const command of [CommandIDs.fork, CommandIDs.runVariants]) {
      palette?.addItem({ command, category: trans.__('Sessions') });
    }
  }
};

/** The code is loaded with the first fork. */
const code = () => import('../branches/fork');

function addCommand(parts: IForkParts): void {
  const { app, notebooks, sessions, trans } = parts;
  const { commands } = app;
  const inProject = () => {
    const panel = cellAt(parts).panel;
    return panel !== null && sessions.projects.at(panel.context.localPath) !== null;
  };
  commands.addCommand(CommandIDs.fork, {
    label: trans.__('Fork from This Cell…'),
    caption: trans.__('Go on from this cell on a branch of its own, with the kernel’s variables'),
    icon: branchIcon,
    describedBy: NO_ARGS,
    isVisible: inProject,
    isEnabled: () => inProject() && cellAt(parts).cell !== null,
    execute: async () => {
      const { panel, cell } = cellAt(parts);
      const project = sessions.projects.at(panel?.context.localPath ?? '');
      if (panel && cell && project) {
        const known = sessions.projects.branchesOf(project.id).ensure();
        const [{ openFork }] = await withKeysHeld(() => Promise.all([code(), known]));
        await openFork(parts, panel, cell, buttonIn(cell));
      }
    }
  });
  const changed = () => commands.notifyCommandChanged(CommandIDs.fork);
  sessions.projects.changed.connect(changed);
  notebooks.activeCellChanged.connect(changed);
}

/** Variants of a cell that run at once: it must have one above, which they share. */
function addVariants(parts: IForkParts, editors: IEditorServices | null): void {
  const { app, notebooks, sessions, trans } = parts;
  const can = () => {
    const { panel, cell } = cellAt(parts);
    return (
      sessions.projects.at(panel?.context.localPath ?? '') !== null &&
      cell?.model.type === 'code' &&
      cell !== panel?.content.widgets[0]
    );
  };
  app.commands.addCommand(CommandIDs.runVariants, {
    label: trans.__('Run Variants of This Cell…'),
    caption: trans.__('Each on a branch of its own, forked above the cell, side by side'),
    describedBy: NO_ARGS,
    isEnabled: can,
    execute: async () => {
      const { panel, cell } = cellAt(parts);
      if (panel && cell && can()) {
        // Its code is loaded with the first ones.
        await withKeysHeld(async () => {
          const { openVariants } = await import('../branches/variants');
          await openVariants(parts, editors, panel, cell);
        });
      }
    }
  });
  notebooks.activeCellChanged.connect(() => app.commands.notifyCommandChanged(CommandIDs.runVariants));
}

/** The button of the cell's toolbar, else its prompt, as far as they are in view. */
function buttonIn({ node }: CellWidget): HTMLElement | null {
  const places = ['[data-jp-item-name="fork"] .jp-ToolbarButtonComponent', '.jp-InputPrompt'];
  for (const place of places) {
    const found = node.querySelector<HTMLElement>(place);
    const rect = found?.getBoundingClientRect();
    if (found && rect && rect.width > 0 && rect.top >= 0 && rect.bottom <= window.innerHeight) {
      return found;
    }
  }
  return null;
}

/** Draw the line in the notebooks that were forked, as they open. */
function followForks(parts: IForkParts): void {
  const { app, notebooks, sessions, trans } = parts;
  const { projects, settings } = sessions;
  const lines = new Map<NotebookPanel, IDisposable>();
  const followed = new Set<unknown>();
  const look = async (panel: NotebookPanel) => {
    const project = projects.at(panel.context.localPath);
    if (!project || lines.has(panel)) {
      return;
    }
    const branches = projects.branchesOf(project.id);
    if (!followed.has(branches)) {
      followed.add(branches);
      branches.changed.connect(lookAtAll);
    }
    await branches.ensure();
    const place = branches.branchOf(panel.context.localPath);
    const branch = place ? branches.get(place.branch) : undefined;
    const record = branch?.fork;
    if (branch && record && record.notebook === place?.notebook) {
      const { ForkLine, resumeRerun } = await code();
      if (!lines.has(panel) && !panel.isDisposed) {
        lines.set(panel, new ForkLine({ trans, settings, branches, panel, branch: branch.id, record }));
        panel.disposed.connect(() => lines.delete(panel));
        if (record.milliseconds === null && record.engine !== 'none') {
          void resumeRerun(parts, branch, () => app.shell.activateById(panel.id));
        }
      }
    }
  };
  const lookAtAll = () => notebooks.forEach(panel => void look(panel));
  projects.changed.connect(lookAtAll);
  notebooks.widgetAdded.connect((_, panel) => void look(panel));
}
