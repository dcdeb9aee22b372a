import type { Branch, NotebookBranch, Session, Version } from '../../api/schema';

export const NOON = '2026-11-18T12:00:00Z';

/** A version as the server gives it. */
export function version(id: number, patch: Partial<Version> = {}): Version {
  return {
    id,
    branch: 'main',
    notebook: 'model.ipynb',
    kind: 'save',
    author: { by: 'user', run_id: null, session_id: null, session_name: null, at: null },
    name: null,
    created_at: NOON,
    cells: 1,
    lines_added: 2,
    lines_removed: 1,
    deleted: false,
    undone: false,
    merged_from: null,
    ...patch
  };
}

/** A branch as the server gives it. */
export function branch(id: string, patch: Partial<Branch> = {}): Branch {
  return {
    id,
    project_id: 'P',
    name: id,
    status: 'active',
    folder: id === 'main' ? '' : `branches/${id}`,
    parent: id === 'main' ? null : 'main',
    forked_at: 0,
    notebook_count: 1,
    created_by: 'user',
    session_id: null,
    run_id: null,
    fork: null,
    created_at: NOON,
    updated_at: NOON,
    ...patch
  };
}

/** How a branch was forked from a notebook, without a kernel. */
export function fork(notebook: string): NonNullable<Branch['fork']> {
  return { notebook, cell_id: 'c', below: 'keep', engine: 'none' } as NonNullable<Branch['fork']>;
}

export function seenOn(of: Branch, patch: Partial<NotebookBranch> = {}): NotebookBranch {
  return { branch: of, notebook: 'model.ipynb', touched: true, updated_at: NOON, ...patch };
}

export function session(id: string, active_branch: string, patch: Partial<Session> = {}): Session {
  return { id, name: id, active_branch, archived_at: null, ...patch } as Session;
}
