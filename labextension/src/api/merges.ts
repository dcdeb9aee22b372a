import type { ServerConnection } from '@jupyterlab/services';

import { path, request } from './request';
import type { CellDecision, Merge, MergePreview, NewMerge } from './schema';

type Settings = ServerConnection.ISettings;

/** Ask for a merge; answers with the open one of the two branches, if there is one. */
export function addMerge(
  settings: Settings,
  project: string,
  body: Partial<NewMerge> & { source: string }
): Promise<Merge> {
  return request(settings, 'POST', `projects/${path(project)}/merges`, body);
}

/** The merge as it would be now. */
export function readMerge(settings: Settings, project: string, id: string): Promise<MergePreview> {
  return request(settings, 'GET', at(project, id));
}

/** Decide about cells as they were at a place; those that are not named stay as they are. */
export function decide(
  settings: Settings,
  project: string,
  id: string,
  decisions: readonly CellDecision[],
  place: string | null
): Promise<MergePreview> {
  return request(settings, 'PUT', `${at(project, id)}/decisions`, { decisions, place });
}

/** Merge exactly what the token stands for. */
export function approveMerge(settings: Settings, project: string, id: string, token: string): Promise<Merge> {
  return request(settings, 'POST', `${at(project, id)}/approve`, { token });
}

/** Close it without merging. */
export function closeMerge(settings: Settings, project: string, id: string): Promise<void> {
  return request(settings, 'DELETE', at(project, id));
}

function at(project: string, id: string): string {
  return `projects/${path(project)}/merges/${path(id)}`;
}
