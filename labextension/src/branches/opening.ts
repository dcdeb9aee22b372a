import type { NotebookPanel } from '@jupyterlab/notebook';

import type { Branch, Session } from '../api/schema';
import { telling } from '../chats/dialogs';
import type { BranchesModel, IPlace } from '../models/branches';
import { revealCell } from '../notebooks/reveal';
import { newBranch } from './dialogs';
import type { IBranchParts } from './parts';

/** A notebook on a branch of a project. */
export interface IProjectPlace extends IPlace {
  readonly project: string;
  readonly branches: BranchesModel;
}

/** What an open notebook is; `null` when it lies in no project. */
export async function placeOf(
  { sessions }: IBranchParts,
  { context }: NotebookPanel
): Promise<IProjectPlace | null> {
  const project = sessions.projects.at(context.localPath);
  if (!project) {
    return null;
  }
  const branches = sessions.projects.branchesOf(project.id);
  await branches.load();
  const place = branches.branchOf(context.localPath);
  return place && { ...place, project: project.id, branches };
}

/** Open the file that a notebook is on another branch, behind its tab, at the same cell. */
export async function openOn(parts: IBranchParts, panel: NotebookPanel, branch: string): Promise<void> {
  const { app } = parts;
  const place = await placeOf(parts, panel);
  if (!place || place.branch === branch) {
    return;
  }
  const cell = panel.content.activeCell?.model.id;
  await telling(async () => {
    const path = await place.branches.open(branch, place.notebook);
    const options = { mode: 'tab-after', ref: panel.id };
    const opened = (await app.commands.execute('docmanager:open', { path, options })) as
      NotebookPanel | undefined;
    if (opened && cell !== undefined) {
      await revealCell(opened, cell);
    }
  });
}

interface ICreate {
  project: string;
  /** To begin with. */
  name: string;
  parent: string;
  session: Session | null;
}

/** Make a branch, once its name was asked for. */
export function createBranch(
  { sessions, trans }: IBranchParts,
  { project, ...start }: ICreate
): Promise<Branch | null> {
  return newBranch(trans, sessions.projects.branchesOf(project), start);
}
