import type { ServerConnection } from '@jupyterlab/services';

import { type IPage, path, query, request } from './request';
import type { NewMessage, NotebookDiff, Run, RunChanges, RunPatch, UndoRun } from './schema';

type Settings = ServerConnection.ISettings;

export function sendMessage(
  settings: Settings,
  project: string,
  session: string,
  body: Partial<NewMessage> & { text: string }
): Promise<Run> {
  return request(settings, 'POST', `projects/${path(project)}/sessions/${path(session)}/messages`, body);
}

export function interruptRun(
  settings: Settings,
  project: string,
  session: string,
  kernel: boolean
): Promise<void> {
  const address = `projects/${path(project)}/sessions/${path(session)}/interrupt`;
  return request(settings, 'POST', address, { kernel });
}

export async function listRuns(
  settings: Settings,
  project: string,
  session: string,
  status: Run['status']
): Promise<Run[]> {
  const address = `projects/${path(project)}/runs${query({ session, status })}`;
  return (await request<IPage<Run>>(settings, 'GET', address)).items;
}

export function getRun(settings: Settings, project: string, run: string): Promise<Run> {
  return request(settings, 'GET', at(project, run));
}

/** Change a message that still waits. */
export function updateRun(
  settings: Settings,
  project: string,
  run: string,
  patch: Partial<RunPatch>
): Promise<Run> {
  return request(settings, 'PATCH', at(project, run), patch);
}

/** Put the messages that wait in this order. */
export function orderQueue(
  settings: Settings,
  project: string,
  session: string,
  ids: readonly string[]
): Promise<unknown> {
  const address = `projects/${path(project)}/sessions/${path(session)}/queue`;
  return request(settings, 'PUT', address, { ids });
}

/** Take back a message that still waits. */
export function withdrawRun(settings: Settings, project: string, run: string): Promise<void> {
  return request(settings, 'DELETE', at(project, run));
}

/** What a run changed, and what of it was taken back. */
export function readChanges(settings: Settings, project: string, run: string): Promise<RunChanges> {
  return request(settings, 'GET', `${at(project, run)}/changes`);
}

/** The same, cell by cell, for each notebook. */
export async function readRunDiff(settings: Settings, project: string, run: string): Promise<NotebookDiff[]> {
  return (await request<IPage<NotebookDiff>>(settings, 'GET', `${at(project, run)}/diff`)).items;
}

/** Take back what a run changed, or the parts that are named. */
export function undoRun(
  settings: Settings,
  project: string,
  run: string,
  what: Partial<UndoRun> = {}
): Promise<RunChanges> {
  return request(settings, 'POST', `${at(project, run)}/undo`, what);
}

/** Take the last undo of a run back. */
export function redoRun(settings: Settings, project: string, run: string): Promise<RunChanges> {
  return request(settings, 'POST', `${at(project, run)}/redo`);
}

function at(project: string, run: string): string {
  return `projects/${path(project)}/runs/${path(run)}`;
}
