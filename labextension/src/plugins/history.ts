import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import type { BranchesPage, HistoryPage, IHistoryParts } from '../history';
import { MAIN } from '../models/branches';
import type { IHistoryPlace } from '../models/history';
import { IConversations, ISessions } from '../tokens';

/** The branches of a project, and the history of a notebook. */
export const history: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:history',
  description: 'The branches of a project, and the versions of a notebook on one of them.',
  autoStart: true,
  requires: [ISessions, IRenderMimeRegistry],
  optional: [
    ITranslator,
    ICommandPalette,
    ILayoutRestorer,
    INotebookTracker,
    IDefaultFileBrowser,
    IEditorLanguageRegistry,
    IConversations
  ],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    notebooks: INotebookTracker | null,
    files: IDefaultFileBrowser | null,
    languages: IEditorLanguageRegistry | null,
    conversations: IConversations | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const parts = { app, sessions, conversations, trans, restorer, rendermime, languages };
    addBranches(parts);
    addHistory(parts, notebooks, files);
    const category = trans.__('Sessions');
    for (const command of [CommandIDs.openBranches, CommandIDs.notebookHistory]) {
      palette?.addItem({ command, category });
    }
    app.contextMenu.addItem({
      command: CommandIDs.notebookHistory,
      args: { chosen: true },
      selector: '.jp-DirListing-item[data-file-type="notebook"]',
      rank: 8
    });
  }
};

interface IParts extends IHistoryParts {
  readonly restorer: ILayoutRestorer | null;
}

function addBranches(parts: IParts): void {
  const { app, sessions, trans, restorer } = parts;
  const { projects } = sessions;
  const tracker = new WidgetTracker<BranchesPage>({ namespace: 'jupyter-sessions-branches' });
  app.commands.addCommand(CommandIDs.openBranches, {
    label: trans.__('Show Branches'),
    caption: trans.__('Branches of the project’s notebooks, and how they stand'),
    describedBy: argsOf(trans, 'notebook', 'view', 'restore'),
    isEnabled: args => typeof args.project === 'string' || projects.current !== null,
    execute: async args => {
      if (!projects.loaded) {
        await projects.load();
      }
      const project = textOf(args.project) ?? projects.current?.id;
      if (project === undefined || !projects.get(project)) {
        return;
      }
      const notebook = textOf(args.notebook) ?? null;
      const view = args.view === 'tree' || args.view === 'linear' ? args.view : undefined;
      // The page's code is loaded with the first one.
      const { branchesPage } = await import('../history');
      let page = tracker.find(each => each.project === project);
      if (!page) {
        page = branchesPage(parts, project, notebook);
        saveLook(tracker, page);
        await show(app, tracker, page);
      } else if (!args.restore) {
        page.state.look(notebook);
      }
      if (view) {
        page.state.view = view;
      }
      if (!args.restore) {
        app.shell.activateById(page.id);
      }
    }
  });
  void restorer?.restore(tracker, {
    command: CommandIDs.openBranches,
    args: ({ project, state }) => ({
      project,
      notebook: state.notebook,
      view: state.view,
      restore: true
    }),
    name: page => page.project
  });
}

/** Have what is looked at come back after a reload. */
function saveLook(tracker: WidgetTracker<BranchesPage>, page: BranchesPage): void {
  const { state } = page;
  const look = () => `${state.view} ${state.notebook ?? ''}`;
  let saved = look();
  state.changed.connect(() => {
    if (saved !== look()) {
      saved = look();
      void tracker.save(page);
    }
  });
}

function addHistory(
  parts: IParts,
  notebooks: INotebookTracker | null,
  files: IDefaultFileBrowser | null
): void {
  const { app, sessions, trans, restorer } = parts;
  const { projects } = sessions;
  const tracker = new WidgetTracker<HistoryPage>({ namespace: 'jupyter-sessions-history' });
  /** Path of the contents API: what is chosen in the file browser, else the notebook looked at. */
  const path = (chosen: boolean) => {
    const local = notebooks?.currentWidget?.context.localPath ?? null;
    return chosen ? chosenIn(files, app) : local;
  };
  const inProject = (chosen: boolean) => {
    const at = path(chosen);
    return at !== null && projects.at(at) !== null;
  };
  app.commands.addCommand(CommandIDs.notebookHistory, {
    label: trans.__('Notebook History'),
    caption: trans.__('Versions of the notebook: what changed, when and by whom'),
    describedBy: argsOf(trans, 'notebook', 'branch', 'chosen', 'restore'),
    isVisible: args => args.chosen !== true || inProject(true),
    isEnabled: args => typeof args.notebook === 'string' || inProject(args.chosen === true),
    execute: async args => {
      if (!projects.loaded) {
        await projects.load();
      }
      const place = namedPlace(args) ?? (await placeAt(sessions, path(args.chosen === true)));
      if (!place || !projects.get(place.project)) {
        return;
      }
      // The page's code is loaded with the first one.
      const { historyPage } = await import('../history');
      const known = tracker.find(
        ({ place: { project, notebook } }) => project === place.project && notebook === place.notebook
      );
      const page = known ?? historyPage(parts, place, () => void tracker.save(page));
      if (known) {
        known.look(place.branch);
      } else {
        await show(app, tracker, page);
      }
      if (!args.restore) {
        app.shell.activateById(page.id);
      }
    }
  });
  app.serviceManager.contents.fileChanged.connect((_, { type, oldValue, newValue }) => {
    if (type === 'rename' && oldValue?.path && newValue?.path) {
      follow(parts, tracker, oldValue.path, newValue.path);
    }
  });
  void restorer?.restore(tracker, {
    command: CommandIDs.notebookHistory,
    args: ({ place }) => ({ ...place, restore: true }),
    name: ({ place }) => `${place.project} ${place.notebook}`
  });
}

/** Let the histories of notebooks that were renamed show what these are called now. */
function follow(
  { sessions: { projects } }: IParts,
  tracker: WidgetTracker<HistoryPage>,
  from: string,
  to: string
): void {
  tracker.forEach(page => {
    const place = projects.branchesOf(page.place.project).moved(page.place, from, to);
    if (place?.branch === page.place.branch) {
      page.look(place.branch, place.notebook);
      void tracker.save(page);
    }
  });
}

async function show<T extends BranchesPage | HistoryPage>(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<T>,
  page: T
): Promise<void> {
  app.shell.add(page, 'main', { activate: false });
  await tracker.add(page);
}

function namedPlace(args: Readonly<Record<string, unknown>>): IHistoryPlace | null {
  const project = textOf(args.project);
  const notebook = textOf(args.notebook);
  const branch = textOf(args.branch) ?? MAIN;
  return project !== undefined && notebook !== undefined ? { project, notebook, branch } : null;
}

/** Which notebook on which branch a path of the contents API is. */
async function placeAt({ projects }: ISessions, path: string | null): Promise<IHistoryPlace | null> {
  const project = path === null ? null : projects.at(path);
  if (path === null || project === null) {
    return null;
  }
  const branches = projects.branchesOf(project.id);
  await branches.ensure();
  const place = branches.branchOf(path);
  return place && { project: project.id, notebook: place.notebook, branch: place.branch };
}

/** The one file that is chosen in the file browser. */
function chosenIn(files: IDefaultFileBrowser | null, { serviceManager }: JupyterFrontEnd): string | null {
  const [first, second] = files ? [...files.selectedItems()] : [];
  return first && !second ? serviceManager.contents.localPath(first.path) : null;
}

type Arg = 'notebook' | 'branch' | 'chosen' | 'view' | 'restore';

function argsOf(trans: TranslationBundle, ...names: readonly Arg[]) {
  const all = {
    notebook: { type: 'string' as const, description: trans.__('Path of the notebook below the project') },
    branch: { type: 'string' as const, description: trans.__('Id of the branch; else main') },
    view: { type: 'string' as const, enum: ['linear', 'tree'], description: trans.__('How they are shown') },
    chosen: { type: 'boolean' as const, description: trans.__('Of the file chosen in the file browser') },
    restore: { type: 'boolean' as const, description: trans.__('Without taking the focus') }
  };
  const project = {
    type: 'string' as const,
    description: trans.__('Id of the project; else the current one')
  };
  const chosen = Object.fromEntries(names.map(name => [name, all[name]]));
  return { args: { type: 'object' as const, properties: { project, ...chosen } } };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
