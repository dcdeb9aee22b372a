import '../../style/branchLists.css';

import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { historyIcon } from '@jupyterlab/ui-components';

import { listNotebookBranches } from '../api/branches';
import type { Branch, NotebookBranch, Session } from '../api/schema';
import { telling } from '../chats/dialogs';
import { CommandIDs } from '../commands';
import { branchIcon } from '../components/icons';
import type { IMenuItem } from '../components/menu';
import { type BranchesModel, MAIN } from '../models/branches';
import { branchItems } from './acts';
import { renameBranch } from './dialogs';
import { createBranch, openOn, placeOf } from './opening';
import type { IBranchParts } from './parts';
import { openPicker } from './picker';
import type { IGroup, IOption } from './rows';

export { createBranch };

/** Choose the branch that a session works on. */
export function chooseForSession(parts: IBranchParts, session: Session, at: HTMLElement | null): void {
  const { sessions, trans } = parts;
  const project = session.project_id;
  const list = sessions.projects.sessionsOf(project);
  const branches = sessions.projects.branchesOf(project);
  const current = (list.get(session.id) ?? session).active_branch;
  void branches.load();
  openPicker(
    trans,
    {
      branches,
      label: trans.__('Active branch of “%1”', session.name),
      current,
      groups: deleted => [{ label: '', options: offered(parts, branches.items, current, deleted) }],
      actions: [manage(parts, project)],
      onChoose: ({ id }) => void telling(() => list.update(session.id, { active_branch: id })),
      onNew: name => void createBranch(parts, { project, name, parent: current, session }),
      menuOf: branch => branchItems(trans, branches, branch)
    },
    at
  );
}

/** Choose the branch that a notebook is looked at on: its file there opens in the same place. */
export async function chooseForNotebook(
  parts: IBranchParts,
  panel: NotebookPanel,
  at: HTMLElement | null
): Promise<void> {
  const { sessions, trans } = parts;
  const place = await placeOf(parts, panel);
  if (!place) {
    return;
  }
  const { project, branches, branch, notebook } = place;
  const here = await telling(() => listNotebookBranches(sessions.settings, project, notebook));
  openPicker(
    trans,
    {
      branches,
      label: trans.__('Branch of %1', panel.title.label),
      current: branch,
      groups: deleted => groupsOf(parts, branches, here ?? [], branch, deleted),
      actions: notebookActions(parts, panel, place),
      onChoose: ({ id }) => void openOn(parts, panel, id),
      onNew: name => void createHere(parts, panel, name),
      menuOf: each => branchItems(trans, branches, each)
    },
    at
  );
}

/** Make a branch of the one that a notebook is on, and go there. */
export async function createHere(parts: IBranchParts, panel: NotebookPanel, name = ''): Promise<void> {
  const place = await placeOf(parts, panel);
  if (!place) {
    return;
  }
  const { project, branch } = place;
  // A branch begins with what is saved.
  if (panel.context.model.dirty && !(await telling(() => panel.context.save().then(() => true)))) {
    return;
  }
  const current = parts.conversations.current;
  const session = parts.sessions.projects.sessionsOf(project).get(current ?? '') ?? null;
  const made = await createBranch(parts, { project, name, parent: branch, session });
  if (made) {
    await openOn(parts, panel, made.id);
  }
}

/** Those that changed the notebook come first. */
function groupsOf(
  parts: IBranchParts,
  branches: BranchesModel,
  here: readonly NotebookBranch[],
  current: string,
  deleted: boolean
): IGroup[] {
  const { trans } = parts;
  const known = new Map(here.map(each => [each.branch.id, each]));
  const touched = branches.items.filter(({ id }) => id === MAIN || known.get(id)?.touched);
  const others = branches.items.filter(each => !touched.includes(each));
  const options = (of: readonly Branch[]) =>
    offered(parts, of, current, deleted).map(option =>
      known.get(option.branch.id)?.notebook === null
        ? { ...option, reason: option.reason ?? trans.__('notebook deleted there') }
        : option
    );
  return [
    { label: trans.__('Changed this notebook'), options: options(touched) },
    { label: trans.__('Other branches'), options: options(others) }
  ].filter(group => group.options.length > 0);
}

/** The branches that are not deleted; with `deleted` those too, which cannot be chosen. */
function offered(
  { trans }: IBranchParts,
  branches: readonly Branch[],
  current: string,
  deleted: boolean
): IOption[] {
  return branches
    .filter(each => deleted || each.status !== 'deleted' || each.id === current)
    .map(branch =>
      branch.status === 'deleted' ? { branch, reason: trans.__('Deleted: restore it first') } : { branch }
    );
}

function notebookActions(
  parts: IBranchParts,
  panel: NotebookPanel,
  { project, branches, branch, notebook }: NonNullable<Awaited<ReturnType<typeof placeOf>>>
): IMenuItem[] {
  const { app, trans } = parts;
  const isMain = branch === MAIN;
  const name = branches.nameOf(branch);
  const renamed = branches.get(branch);
  return [
    {
      label: trans.__('Fork from the selected cell…'),
      caption: trans.__('Go on from it on a branch of its own, with the kernel’s variables'),
      icon: branchIcon,
      execute: () => void app.commands.execute(CommandIDs.fork)
    },
    ...(renamed && !isMain
      ? [
          {
            label: trans.__('Rename…'),
            caption: trans.__('Rename “%1”', name),
            execute: () => void renameBranch(trans, branches, renamed)
          },
          {
            label: trans.__('Merge into main…'),
            caption: trans.__('Merge “%1” into main', name),
            execute: () =>
              void app.commands.execute(CommandIDs.mergeBranch, { project, source: branch, target: MAIN })
          }
        ]
      : []),
    {
      label: trans.__('Notebook history'),
      icon: historyIcon,
      execute: () => void app.commands.execute(CommandIDs.notebookHistory, { project, branch, notebook })
    },
    manage(parts, project, notebook)
  ];
}

function manage({ app, trans }: IBranchParts, project: string, notebook?: string): IMenuItem {
  return {
    label: trans.__('Manage branches…'),
    icon: branchIcon,
    execute: () => void app.commands.execute(CommandIDs.openBranches, { project, notebook })
  };
}

/** Rename the branch of a notebook, or of a session. */
export async function renameNow(
  parts: IBranchParts,
  panel: NotebookPanel | null,
  session: Session | null
): Promise<void> {
  const { sessions, trans } = parts;
  const place = panel && (await placeOf(parts, panel));
  const project = place?.project ?? session?.project_id;
  if (project === undefined) {
    return;
  }
  const branches = sessions.projects.branchesOf(project);
  await branches.ensure();
  const branch = branches.get(place?.branch ?? session?.active_branch ?? MAIN);
  if (branch?.id === MAIN) {
    Notification.info(trans.__('The branch main keeps its name.'), { autoClose: 4000 });
  } else if (branch) {
    await renameBranch(trans, branches, branch);
  }
}
