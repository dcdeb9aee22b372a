import type { ServerConnection } from '@jupyterlab/services';

import { path, request } from './request';
import type { Branch, OpenedNotebook } from './schema';

type Settings = ServerConnection.ISettings;

export type Engine = 'fork' | 'namespace' | 'rerun';

export interface Hazard {
  code: string;
  level: 'warn' | 'refuse';
  detail: string;
  names: string[];
}

export interface NotCarried {
  name: string;
  reason: string;
}

export interface ForkProbe {
  engine: Engine;
  reason: string;
  text: string;
  milliseconds: number | null;
  memory: number;
  busy: boolean;
  missing: number;
  hazards: Hazard[];
  not_carried: NotCarried[];
}

export interface ForkPoint {
  notebook: string;
  cell_id: string;
}

export interface ForkPreview {
  shared: number;
  below: number;
  kernel: ForkProbe;
}

export interface NewNotebookFork extends ForkPoint {
  name: string;
  below: 'keep' | 'drop';
  kernel: 'auto' | 'rerun' | 'none';
  session: string | null;
}

export interface ForkRecord {
  notebook: string;
  cell_id: string;
  shared: number;
  below: 'keep' | 'drop';
  engine: Engine | 'none';
  reason: string;
  milliseconds: number | null;
  hazards: Hazard[];
  not_carried: NotCarried[];
}

export interface ForkedBranch {
  branch: Branch;
  opened: OpenedNotebook;
  fork: ForkRecord;
  kernel_id: string | null;
  running: number;
}

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

/** Stop running the shared cells of a fork again. */
export function stopFork(settings: Settings, project: string, branch: string): Promise<void> {
  return request(settings, 'POST', `${at(project, branch)}/stop`);
}

function at(project: string, branch: string): string {
  return `projects/${path(project)}/branches/${path(branch)}/fork`;
}

/** Cells of a branch run again, in its own kernel. */
export interface ForkProgress {
  type: 'fork.progress';
  branch: string;
  notebook: string;
  done: number;
  total: number;
  state: 'running' | 'completed' | 'failed' | 'stopped';
  error: string | null;
}
