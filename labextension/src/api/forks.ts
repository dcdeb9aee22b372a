import type { ServerConnection } from '@jupyterlab/services';

import { path, request } from './request';
import type {
  FanOut,
  ForkedBranch,
  ForkPoint,
  ForkPreview,
  ForkProgress,
  NewFanOut,
  NewNotebookFork
} from './schema';

type Settings = ServerConnection.ISettings;

/** Say what forking a notebook at a cell would be. */
export function probeFork(
  settings: Settings,
  project: string,
  branch: string,
  point: ForkPoint
): Promise<ForkPreview> {
  return request(settings, 'POST', `${at(project, branch)}/probe`, point);
}

/** Fork a notebook at a cell, with the state of its kernel. */
export function forkNotebook(
  settings: Settings,
  project: string,
  branch: string,
  body: Partial<NewNotebookFork> & ForkPoint & { name: string }
): Promise<ForkedBranch> {
  return request(settings, 'POST', at(project, branch), body);
}

/** Run variants of a cell at once, each on a branch forked above it. */
export function fanOut(
  settings: Settings,
  project: string,
  branch: string,
  body: NewFanOut
): Promise<FanOut> {
  const address = `projects/${path(project)}/branches/${path(branch)}/fan-out`;
  return request(settings, 'POST', address, body);
}

/** How far the shared cells of a fork are that run again, or how that ended. */
export function readForkProgress(settings: Settings, project: string, branch: string): Promise<ForkProgress> {
  return request(settings, 'GET', `${at(project, branch)}/progress`);
}

/** Stop running the shared cells of a fork again. */
export function stopFork(settings: Settings, project: string, branch: string): Promise<void> {
  return request(settings, 'POST', `${at(project, branch)}/stop`);
}

function at(project: string, branch: string): string {
  return `projects/${path(project)}/branches/${path(branch)}/fork`;
}
