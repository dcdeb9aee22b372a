import type { ServerConnection } from '@jupyterlab/services';

import { path, query, request } from './request';
import type { CheckpointList, VariableList, VariablesDifference } from './schema';

type Settings = ServerConnection.ISettings;

/** A notebook on a branch of a project. */
export interface IKernelPlace {
  readonly project: string;
  readonly branch: string;
  /** Path below the project, without the branch's folder. */
  readonly notebook: string;
}

/** What the kernel of a notebook holds, also while a cell runs. */
export function listVariables(settings: Settings, place: IKernelPlace): Promise<VariableList> {
  return request(settings, 'GET', at(place, 'variables'));
}

/** What differs from the variables on another branch. */
export function readDifference(
  settings: Settings,
  place: IKernelPlace,
  other: string
): Promise<VariablesDifference> {
  return request(settings, 'GET', at(place, 'variables/difference', { with: other }));
}

/** The checkpoints of a notebook's kernel, and the memory of all. */
export function listCheckpoints(settings: Settings, place: IKernelPlace): Promise<CheckpointList> {
  return request(settings, 'GET', at(place, 'checkpoints'));
}

/** Drop one checkpoint of a notebook's kernel, or all of them. */
export function dropCheckpoints(settings: Settings, place: IKernelPlace, id?: string): Promise<void> {
  return request(settings, 'DELETE', at(place, 'checkpoints', { checkpoint: id }));
}

/** Remove what was saved of a notebook's variables. */
export function dropSaved(settings: Settings, place: IKernelPlace): Promise<void> {
  return request(settings, 'DELETE', at(place, 'saved'));
}

function at(
  { project, branch, notebook }: IKernelPlace,
  what: string,
  more: Record<string, string | undefined> = {}
): string {
  return `projects/${path(project)}/branches/${path(branch)}/${what}${query({ notebook, ...more })}`;
}
