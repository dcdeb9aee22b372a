import type { TranslationBundle } from '@jupyterlab/translation';

import type { Branch, Convergence } from '../../api/schema';
import { statusWord } from '../../branches/status';
import { telling } from '../../chats/dialogs';
import { type IMenuItem, type ISubmenu, openMenu } from '../../components/menu';
import { MAIN } from '../../models/branches';
import type { BranchesState } from './state';

/** What is done with a branch outside of its page. */
export interface IBranchActs {
  /** Open a notebook on a branch, at a cell if one is given. */
  onOpen(branch: string, notebook: string, cell?: string): void;
  onHistory(branch: string, notebook: string): void;
  onCompare(branch: string, notebook: string): void;
  onMerge(branch: string): void;
  onCompareTwo(from: string, to: string, notebook: string): void;
  /** Show the branches side by side that were compared. */
  onMeeting(convergence: Convergence): void;
  /** Have branches meet: the one that is selected, or two. */
  onConverge(branches: readonly string[], notebook: string): void;
  /** Open a notebook on a branch, and ask how to fork it from a cell. */
  onFork(branch: string, notebook: string, cell: string): void;
  /** Id of the branch that the session works on in which one is. */
  here(): string | null;
}

type Place = HTMLElement | { x: number; y: number };
type Status = Exclude<Branch['status'], 'deleted'>;

const STATUSES: readonly Status[] = ['active', 'dormant', 'completed'];

/** Do something with a notebook of a branch: the chosen one, the only one, or one that is asked for. */
export async function withNotebook(
  trans: TranslationBundle,
  state: BranchesState,
  branch: Branch,
  at: Place,
  act: (notebook: string) => void
): Promise<void> {
  const { notebook } = state;
  if (notebook !== null) {
    act(notebook);
    return;
  }
  const changed = branch.id === MAIN ? [] : await state.notebooksOf(branch.id);
  const others = changed.length > 0 ? [] : await state.notebooksOf(MAIN);
  const names = [...changed, ...others];
  if (changed.length === 1) {
    act(changed[0] ?? '');
  } else if (names.length > 0) {
    openMenu(
      names.map(each => ({ label: each, execute: () => act(each) })),
      at
    );
  } else {
    state.say(trans.__('There are no notebooks on %1', branch.name));
  }
}

/** What can be done with a branch of the table. */
export function rowItems(
  trans: TranslationBundle,
  state: BranchesState,
  branch: Branch,
  acts: IBranchActs,
  at: Place
): (IMenuItem | ISubmenu | null)[] {
  const pick = (act: (branch: string, notebook: string) => void) => () =>
    void telling(() => withNotebook(trans, state, branch, at, notebook => act(branch.id, notebook)));
  if (branch.status === 'deleted') {
    return [{ label: trans.__('Restore'), execute: () => void setStatus(trans, state, branch, 'active') }];
  }
  const open = [
    { label: trans.__('Open Notebook'), execute: pick(acts.onOpen) },
    { label: trans.__('Notebook History'), execute: pick(acts.onHistory) }
  ];
  if (branch.id === MAIN) {
    return open;
  }
  return [
    ...open,
    { label: trans.__('Compare with Main'), execute: pick(acts.onCompare) },
    { label: trans.__('Merge into Main…'), execute: () => acts.onMerge(branch.id) },
    null,
    { label: trans.__('Rename'), execute: () => state.edit(branch.id) },
    {
      label: trans.__('Status'),
      items: STATUSES.map(status => ({
        label: statusWord(trans, status),
        toggled: status === branch.status,
        execute: () => void setStatus(trans, state, branch, status)
      }))
    },
    null,
    { label: trans.__('Delete…'), execute: () => state.ask(branch.id) }
  ];
}

/** Give a branch another status; one that was deleted comes back. */
export async function setStatus(
  trans: TranslationBundle,
  state: BranchesState,
  branch: Branch,
  status: Status
): Promise<void> {
  await telling(async () => {
    await state.branches.update(branch.id, { status });
    state.say(
      branch.status === 'deleted'
        ? trans.__('%1 is restored', branch.name)
        : trans.__('%1 is %2 now', branch.name, statusWord(trans, status))
    );
  });
}
