import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { addMerge } from '../api/merges';
import { ChangesTabs } from '../branches/tabs';
import { telling } from '../chats/dialogs';
import { CommandIDs } from '../commands';
import { IConversations, ISessions } from '../tokens';

/** Changes as tabs: between two versions, of a run, and those that a merge brings. */
export const review: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:review',
  description: 'Changes of notebooks: between versions, by a run, and by a merge.',
  autoStart: true,
  requires: [ISessions, IConversations, IRenderMimeRegistry],
  optional: [ITranslator, ILayoutRestorer, IEditorLanguageRegistry, IEditorServices],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    conversations: IConversations,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    languages: IEditorLanguageRegistry | null,
    editors: IEditorServices | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const tabs = new ChangesTabs(
      { app, sessions, conversations, rendermime, languages, editors, trans },
      {
        diffs: new WidgetTracker({ namespace: 'jupyter-sessions-diff' }),
        merges: new WidgetTracker({ namespace: 'jupyter-sessions-merge' }),
        reviews: new WidgetTracker({ namespace: 'jupyter-sessions-review' }),
        comparisons: new WidgetTracker({ namespace: 'jupyter-sessions-comparison' })
      }
    );
    addCommands(app, sessions, trans, tabs);
    if (restorer) {
      restore(restorer, tabs);
    }
  }
};

function restore(restorer: ILayoutRestorer, { trackers }: ChangesTabs): void {
  const name = (widget: { id: string }) => widget.id;
  void restorer.restore(trackers.diffs, {
    command: CommandIDs.diff,
    args: ({ model }) => ({ ...model.args, restore: true }),
    name
  });
  void restorer.restore(trackers.comparisons, {
    command: CommandIDs.compareBranches,
    args: ({ model: { args } }) => ({ ...args, branches: [...args.branches], restore: true }),
    name
  });
  void restorer.restore(trackers.merges, {
    command: CommandIDs.openMerge,
    args: ({ model }) => ({ project: model.project, merge: model.id, restore: true }),
    name
  });
  void restorer.restore(trackers.reviews, {
    command: CommandIDs.reviewRun,
    args: ({ model }) => ({ project: model.project, run: model.run, restore: true }),
    name
  });
}

function addCommands(
  { commands }: JupyterFrontEnd,
  { settings }: ISessions,
  trans: TranslationBundle,
  tabs: ChangesTabs
): void {
  const project = { type: 'string', description: trans.__('Id of the project') };
  const notebook = { type: 'string', description: trans.__('Path of the notebook below the project') };
  const restore = { type: 'boolean', description: trans.__('Without taking the focus') };
  const state = trans.__('State of the notebook: branch:<id>, version:<id> or before:<id>');
  commands.addCommand(CommandIDs.diff, {
    label: trans.__('Show Changes of a Notebook'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          project,
          notebook,
          from: { type: 'string', description: state },
          to: { type: 'string', description: state },
          fromName: { type: 'string', description: trans.__('What the first state is called') },
          toName: { type: 'string', description: trans.__('What the second state is called') },
          restore
        },
        required: ['project', 'notebook', 'from', 'to']
      }
    },
    execute: args => {
      const [id, path, from, to] = ['project', 'notebook', 'from', 'to'].map(name => text(args, name));
      if (id && path && from && to) {
        const names = { fromName: text(args, 'fromName'), toName: text(args, 'toName') };
        return tabs.diff({ project: id, notebook: path, from, to, ...names }, Boolean(args.restore));
      }
    }
  });
  commands.addCommand(CommandIDs.compareBranches, {
    label: trans.__('Compare Branches of a Notebook'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          project,
          notebook,
          branches: { type: 'array', items: { type: 'string' }, description: trans.__('Ids of two or more') },
          cell: { type: 'string', description: trans.__('Id of a cell that is shown in any case') },
          restore
        },
        required: ['project', 'notebook', 'branches']
      }
    },
    execute: args => {
      const [id, path, cell] = ['project', 'notebook', 'cell'].map(name => text(args, name));
      const branches = Array.isArray(args.branches) ? args.branches.map(String) : [];
      if (id && path && branches.length > 1) {
        return tabs.compare({ project: id, notebook: path, branches, cell }, Boolean(args.restore));
      }
    }
  });
  commands.addCommand(CommandIDs.reviewRun, {
    label: trans.__('Review the Changes of a Run'),
    describedBy: {
      args: {
        type: 'object',
        properties: { project, run: { type: 'string', description: trans.__('Id of the run') }, restore },
        required: ['project', 'run']
      }
    },
    execute: args => {
      const [id, run] = [text(args, 'project'), text(args, 'run')];
      return id && run ? tabs.review(id, run, Boolean(args.restore)) : undefined;
    }
  });
  commands.addCommand(CommandIDs.openMerge, {
    label: trans.__('Open a Merge'),
    describedBy: {
      args: {
        type: 'object',
        properties: { project, merge: { type: 'string', description: trans.__('Id of the merge') }, restore },
        required: ['project', 'merge']
      }
    },
    execute: args => {
      const [id, merge] = [text(args, 'project'), text(args, 'merge')];
      return id && merge ? tabs.merge(id, merge, Boolean(args.restore)) : undefined;
    }
  });
  commands.addCommand(CommandIDs.mergeBranch, {
    label: trans.__('Merge a Branch…'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          project,
          source: { type: 'string', description: trans.__('Branch that is merged, by id or name') },
          target: { type: 'string', description: trans.__('Branch that gets the changes; main if left out') }
        },
        required: ['project', 'source']
      }
    },
    execute: async args => {
      const [id, source, target] = [text(args, 'project'), text(args, 'source'), text(args, 'target')];
      if (id && source) {
        const body = { source, ...(target ? { target } : {}) };
        const merge = await telling(() => addMerge(settings, id, body));
        if (merge) {
          await tabs.merge(id, merge.id, false);
        }
      }
    }
  });
}

function text(args: ReadonlyPartialJSONObject, name: string): string | undefined {
  const value = args[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
