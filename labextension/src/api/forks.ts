import type { ServerConnection } from '@jupyterlab/services';

import { path, query, request } from './request';
import type {
  FanOut,
  ForkedBranch,
  ForkPoint,
  ForkPreview,
  ForkProgress,
  NewFanOut,
  NewNotebookFork,
  Peek,
  Revival,
  Revived
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

/** Copy the kernel of a notebook in the middle of the cell that it runs. */
export function peekAt(settings: Settings, project: string, branch: string, notebook: string): Promise<Peek> {
  return request(settings, 'POST', `${at(project, branch)}/peek`, { notebook });
}

/** Whether the kernel of a notebook died and can be brought back. */
export function readRevival(
  settings: Settings,
  project: string,
  branch: string,
  notebook: string
): Promise<Revival> {
  return request(settings, 'GET', `${at(project, branch)}/revive${query({ notebook })}`);
}

/** Bring the kernel of a notebook back as it was at its last checkpoint. */
export function reviveKernel(
  settings: Settings,
  project: string,
  branch: string,
  notebook: string
): Promise<Revived> {
  return request(settings, 'POST', `${at(project, branch)}/revive`, { notebook });
}

/** Drop what is kept of the kernel of a notebook. */
export function dropCheckpoints(
  settings: Settings,
  project: string,
  branch: string,
  notebook: string
): Promise<void> {
  const place = `projects/${path(project)}/branches/${path(branch)}/checkpoints`;
  return request(settings, 'DELETE', `${place}${query({ notebook })}`);
}

function at(project: string, branch: string): string {
  return `projects/${path(project)}/branches/${path(branch)}/fork`;
}
