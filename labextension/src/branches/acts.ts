import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Branch } from '../api/schema';
import { telling } from '../chats/dialogs';
import type { IMenuItem } from '../components/menu';
import { type BranchesModel, MAIN } from '../models/branches';
import { renameBranch } from './dialogs';

/** What can be done with a branch in a list. */
export function branchItems(
  trans: TranslationBundle,
  branches: BranchesModel,
  branch: Branch
): (IMenuItem | null)[] {
  const isMain = branch.id === MAIN;
  const caption = isMain ? trans.__('main is the files as they lie in the project’s folder.') : undefined;
  const mark = (status: Branch['status'], label: string): IMenuItem => ({
    label,
    caption,
    disabled: isMain,
    toggled: branch.status === status,
    execute: () => void telling(() => branches.update(branch.id, { status }))
  });
  if (branch.status === 'deleted') {
    return [{ label: trans.__('Restore'), execute: () => void restoreBranch(trans, branches, branch) }];
  }
  return [
    {
      label: trans.__('Rename…'),
      caption,
      disabled: isMain,
      execute: () => void renameBranch(trans, branches, branch)
    },
    null,
    mark('active', trans.__('Active')),
    mark('dormant', trans.__('Dormant: put aside')),
    mark('completed', trans.__('Completed: its work is done')),
    null,
    {
      label: trans.__('Delete'),
      caption: caption ?? trans.__('It can be restored.'),
      disabled: isMain,
      execute: () => void deleteBranch(trans, branches, branch)
    }
  ];
}

/** Delete a branch, and offer to undo that. */
export async function deleteBranch(
  trans: TranslationBundle,
  branches: BranchesModel,
  branch: Branch
): Promise<void> {
  await telling(async () => {
    await branches.remove(branch.id);
    Notification.info(trans.__('Deleted branch “%1”', branch.name), {
      autoClose: 10_000,
      actions: [
        {
          label: trans.__('Undo'),
          callback: () => void restoreBranch(trans, branches, branch)
        }
      ]
    });
  });
}

/** Bring a deleted branch back, with the status that it had. */
export async function restoreBranch(
  trans: TranslationBundle,
  branches: BranchesModel,
  branch: Branch
): Promise<void> {
  const status = branch.status === 'deleted' ? 'active' : branch.status;
  const restored = await telling(() => branches.update(branch.id, { status }));
  if (restored) {
    Notification.success(trans.__('Restored branch “%1”', restored.name), { autoClose: 4000 });
  }
}
