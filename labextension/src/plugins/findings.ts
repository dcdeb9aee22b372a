import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

import type { ISharedCodeCell } from '@jupyter/ydoc';

import { CommandIDs, NO_ARGS } from '../commands';
import { flagIcon } from '../components/icons';
import type { KeyResultsWidget } from '../conversation';
import { widgetId } from '../conversation/ids';
import { cellAt, type CellWidget } from '../notebooks/cellAt';
import { IConversations, ISessions } from '../tokens';

/** Key results: the tab that lists them, and promoting what a cell of a notebook shows. */
export const findings: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:findings',
  description: 'Key results of sessions: their tab, and promoting the output of a cell.',
  autoStart: true,
  requires: [ISessions, IConversations],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer, INotebookTracker, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    conversations: IConversations,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    notebooks: INotebookTracker | null,
    labShell: ILabShell | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const tracker = new WidgetTracker<KeyResultsWidget>({ namespace: 'jupyter-sessions-results' });
    const parts = { app, sessions, conversations, trans, labShell };
    addShow(parts, tracker);
    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.showResults,
        args: widget => ({ project: widget.project, session: widget.session, restore: true }),
        name: widget => widget.session
      });
    }
    if (notebooks) {
      addPromote(parts, notebooks);
    }
    palette?.addItem({ command: CommandIDs.showResults, category: trans.__('Sessions') });
  }
};

interface IParts {
  app: JupyterFrontEnd;
  sessions: ISessions;
  conversations: IConversations;
  trans: TranslationBundle;
  labShell: ILabShell | null;
}

function addShow(parts: IParts, tracker: WidgetTracker<KeyResultsWidget>): void {
  const { app, conversations, trans } = parts;
  app.commands.addCommand(CommandIDs.showResults, {
    label: trans.__('Show Key Results'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          project: { type: 'string', description: trans.__('Id of the project') },
          session: { type: 'string', description: trans.__('Id of the session') },
          result: { type: 'string', description: trans.__('Key result to bring into view') },
          restore: { type: 'boolean', description: trans.__('Without taking the focus') }
        }
      }
    },
    isEnabled: args => typeof args.session === 'string' || conversations.current !== null,
    execute: async args => {
      const session = (args.session as string | undefined) ?? conversations.current;
      const project = (args.project as string | undefined) ?? projectOf(parts, session);
      if (!session || !project) {
        return;
      }
      let widget = tracker.find(each => each.session === session);
      if (!widget) {
        const made = await conversations.makeResults(project, session);
        widget = tracker.find(each => each.session === session);
        if (widget) {
          made.dispose();
        } else {
          widget = made;
          add(parts, widget, Boolean(args.restore));
          await tracker.add(widget);
        }
      }
      if (typeof args.result === 'string') {
        widget.reveal(args.result);
      }
      if (!args.restore) {
        app.shell.activateById(widget.id);
      }
      return widget;
    }
  });
}

/** Behind the tab of its conversation, else beside what is shown. */
function add({ app, labShell }: IParts, widget: KeyResultsWidget, restore: boolean): void {
  const main = [...app.shell.widgets('main')];
  const conversation = main.find(each => each.id === widgetId(widget.session));
  const current = labShell?.currentWidget;
  const beside = current && main.includes(current) ? { mode: 'split-right', ref: current.id } : {};
  const place = restore ? {} : conversation ? { mode: 'tab-after', ref: conversation.id } : beside;
  app.shell.add(widget, 'main', { activate: false, ...place } as { activate: boolean });
}

function projectOf({ sessions }: IParts, session: string | null): string | null {
  const { projects } = sessions;
  const project = projects.items.find(
    each => session !== null && projects.sessionsOf(each.id).get(session) !== undefined
  );
  return project?.id ?? null;
}

function addPromote(parts: IParts, notebooks: INotebookTracker): void {
  const { app, sessions, trans } = parts;
  const { commands } = app;
  const target = () => cellAt({ app, notebooks });
  const inProject = (panel: NotebookPanel | null) =>
    panel !== null && sessions.projects.at(panel.context.localPath) !== null;
  commands.addCommand(CommandIDs.promoteOutput, {
    label: trans.__('Promote Output to Key Result'),
    caption: trans.__('Promote what this cell shows to a key result of the session'),
    icon: flagIcon,
    describedBy: NO_ARGS,
    isVisible: () => inProject(target().panel),
    isEnabled: () => {
      const { panel, cell } = target();
      return inProject(panel) && cell !== null && hasOutputs(cell);
    },
    execute: async () => {
      const { panel, cell } = target();
      if (panel && cell) {
        const { promoteOutput } = await import('../notebooks/promote');
        await promoteOutput(parts, panel, cell.model.id);
      }
    }
  });
  followOutputs(notebooks, () => commands.notifyCommandChanged(CommandIDs.promoteOutput));
  sessions.projects.changed.connect(() => commands.notifyCommandChanged(CommandIDs.promoteOutput));
}

function hasOutputs(cell: CellWidget): boolean {
  const { type, sharedModel } = cell.model;
  return type === 'code' && (sharedModel as ISharedCodeCell).getOutputs().length > 0;
}

/** Say when the active cell, or what it shows, has changed. */
function followOutputs(notebooks: INotebookTracker, changed: () => void): void {
  let shared: CellWidget['model']['sharedModel'] | null = null;
  notebooks.activeCellChanged.connect((_, cell) => {
    shared?.changed.disconnect(changed);
    shared = cell?.model.sharedModel ?? null;
    shared?.changed.connect(changed);
    changed();
  });
}
