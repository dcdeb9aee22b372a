import type { ServerConnection } from '@jupyterlab/services';

import { type IPage, path, query, request } from './request';
import type { CellContent, NotebookDiff, Undone, Version } from './schema';

type Settings = ServerConnection.ISettings;

/** Which versions are listed: all of the project when nothing is said. */
export interface IVersionsQuery {
  /** Path below the project, without the folder of a branch. */
  notebook?: string;
  branch?: string;
  limit?: number;
  after?: string;
}

/** A page of versions, newest first. */
export function listVersions(
  settings: Settings,
  project: string,
  asked: IVersionsQuery = {}
): Promise<IPage<Version>> {
  return request(settings, 'GET', `projects/${path(project)}/versions${query({ ...asked })}`);
}

/** Give a version a name, by which it is kept for good; `null` takes the name away. */
export function nameVersion(
  settings: Settings,
  project: string,
  version: number,
  name: string | null
): Promise<Version> {
  return request(settings, 'PATCH', at(project, version), { name });
}

/** Make a version of a notebook the newest again; answers with the new version. */
export function restoreVersion(
  settings: Settings,
  project: string,
  version: number,
  notebook: string
): Promise<Version> {
  return request(settings, 'POST', `${at(project, version)}/restore`, { notebook });
}

/** Take a merge, a restore or an undo back. */
export function undoVersion(settings: Settings, project: string, version: number): Promise<Undone> {
  return request(settings, 'POST', `${at(project, version)}/undo`);
}

/** What differs between two states of a notebook: `branch:<id>`, `version:<id>` or `before:<id>`. */
export function readDiff(
  settings: Settings,
  project: string,
  notebook: string,
  from: string,
  to: string
): Promise<NotebookDiff> {
  return request(settings, 'GET', `projects/${path(project)}/diff${query({ notebook, from, to })}`);
}

/** A cell with its outputs, as it was at a state of its notebook. */
export function readCell(
  settings: Settings,
  project: string,
  notebook: string,
  cell: string,
  at: string
): Promise<CellContent> {
  return request(settings, 'GET', `projects/${path(project)}/cell${query({ notebook, cell, at })}`);
}

function at(project: string, version: number): string {
  return `projects/${path(project)}/versions/${version}`;
}
