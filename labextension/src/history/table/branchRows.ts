import type { Branch, NotebookBranch, Session } from '../../api/schema';
import { MAIN } from '../../models/branches';

/** A branch as the table shows it. */
export interface IBranchRow {
  readonly branch: Branch;
  /** Name of the branch that it was made from. */
  readonly parent: string | undefined;
  /** Name of the session that it was made in. */
  readonly session: string | undefined;
  /** Names of the sessions that have it active. */
  readonly sessions: readonly string[];
  /** When something on it changed last: of the chosen notebook, if there is one. */
  readonly updatedAt: string;
  /** The chosen notebook was deleted on it. */
  readonly without: boolean;
}

/** A notebook whose branches are shown. */
export interface IOfNotebook {
  readonly path: string;
  /** The branches as it is on them, by id. */
  readonly seen: ReadonlyMap<string, NotebookBranch>;
}

/** Which branches are shown. */
export interface IShown {
  /** `null`: those of all notebooks. */
  readonly notebook: IOfNotebook | null;
  /** Part of the name. */
  readonly filter: string;
  readonly showDeleted: boolean;
}

/** The rows of the table: main, then the newest branch first. */
export function rowsOf(
  branches: readonly Branch[],
  sessions: readonly Session[],
  shown: IShown
): IBranchRow[] {
  const names = new Map(branches.map(each => [each.id, each.name]));
  const sessionNames = new Map(sessions.map(each => [each.id, each.name]));
  const active = activeOn(sessions);
  return branches
    .filter(branch => isShown(branch, shown))
    .sort(inOrder)
    .map(branch => {
      const seen = shown.notebook?.seen.get(branch.id);
      return {
        branch,
        parent: branch.parent === null ? undefined : names.get(branch.parent),
        session: branch.session_id === null ? undefined : sessionNames.get(branch.session_id),
        sessions: active.get(branch.id) ?? [],
        updatedAt: seen?.updated_at ?? branch.updated_at,
        without: seen?.notebook === null
      };
    });
}

/** Whether a branch is one of the notebook: it was forked from it, or has changed it. */
export function isOf(branch: Branch, notebook: IOfNotebook | null): boolean {
  return (
    notebook === null ||
    branch.id === MAIN ||
    branch.fork?.notebook === notebook.path ||
    notebook.seen.get(branch.id)?.touched === true
  );
}

function isShown(branch: Branch, { notebook, filter, showDeleted }: IShown): boolean {
  const wanted = showDeleted || branch.status !== 'deleted';
  return (
    isOf(branch, notebook) &&
    wanted &&
    branch.name.toLocaleLowerCase().includes(filter.trim().toLocaleLowerCase())
  );
}

function inOrder(a: Branch, b: Branch): number {
  if (a.id === MAIN || b.id === MAIN) {
    return a.id === b.id ? 0 : a.id === MAIN ? -1 : 1;
  }
  return Date.parse(b.created_at) - Date.parse(a.created_at) || b.id.localeCompare(a.id);
}

/** Names of the sessions that have a branch active, by its id. */
function activeOn(sessions: readonly Session[]): Map<string, string[]> {
  const active = new Map<string, string[]>();
  for (const { active_branch, archived_at, name } of sessions) {
    if (archived_at === null) {
      active.set(active_branch, [...(active.get(active_branch) ?? []), name]);
    }
  }
  return active;
}
