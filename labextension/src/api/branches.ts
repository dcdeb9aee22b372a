import type { ServerConnection } from '@jupyterlab/services';

import { type IPage, path, query, request } from './request';
import type {
  Branch,
  BranchPatch,
  CellAuthors,
  Convergence,
  NewBranch,
  NewConvergence,
  NotebookBranch,
  NotebookTree,
  OpenedNotebook
} from './schema';

type Settings = ServerConnection.ISettings;

/** All branches of a project, main first. */
export function listBranches(settings: Settings, project: string): Promise<Branch[]> {
  return allOf(settings, `projects/${path(project)}/branches`);
}

export function addBranch(
  settings: Settings,
  project: string,
  body: Partial<NewBranch> & { name: string }
): Promise<Branch> {
  return request(settings, 'POST', `projects/${path(project)}/branches`, body);
}

export function updateBranch(
  settings: Settings,
  project: string,
  branch: string,
  patch: Partial<BranchPatch>
): Promise<Branch> {
  return request(settings, 'PATCH', at(project, branch), patch);
}

/** Delete a branch; it can be restored. */
export function removeBranch(settings: Settings, project: string, branch: string): Promise<void> {
  return request(settings, 'DELETE', at(project, branch));
}

/** Have a notebook of a branch as a file. */
export function openNotebook(
  settings: Settings,
  project: string,
  branch: string,
  notebook: string
): Promise<OpenedNotebook> {
  return request(settings, 'POST', `${at(project, branch)}/open`, { notebook });
}

/** The branches, as one notebook is on them. */
export function listNotebookBranches(
  settings: Settings,
  project: string,
  notebook: string
): Promise<NotebookBranch[]> {
  return allOf(settings, `projects/${path(project)}/notebooks/${path(notebook)}/branches`);
}

/** A notebook on all its branches: where each forked, and which cells are its own. */
export function readTree(settings: Settings, project: string, notebook: string): Promise<NotebookTree> {
  return request(settings, 'GET', `projects/${path(project)}/notebooks/${path(notebook)}/tree`);
}

/** Where the branches of a notebook met, newest first. */
export function listConvergences(
  settings: Settings,
  project: string,
  notebook: string
): Promise<Convergence[]> {
  return allOf(settings, `projects/${path(project)}/convergences`, { notebook });
}

/** Have branches of a notebook meet. */
export function converge(
  settings: Settings,
  project: string,
  branch: string,
  body: Partial<NewConvergence> & Pick<NewConvergence, 'kind' | 'notebook'>
): Promise<Convergence> {
  return request(settings, 'POST', `${at(project, branch)}/converge`, body);
}

/** Who wrote the cells of a notebook on a branch. */
export function listAuthors(
  settings: Settings,
  project: string,
  notebook: string,
  branch: string
): Promise<CellAuthors[]> {
  return allOf(settings, `projects/${path(project)}/notebooks/${path(notebook)}/authors`, { branch });
}

async function allOf<T>(
  settings: Settings,
  address: string,
  values: Record<string, string> = {}
): Promise<T[]> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page = await request<IPage<T>>(settings, 'GET', address + query({ ...values, after }));
    items.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return items;
}

function at(project: string, branch: string): string {
  return `projects/${path(project)}/branches/${path(branch)}`;
}
