import type { ServerConnection } from '@jupyterlab/services';

import { type IPage, path, query, request } from './request';
import type { NewMessage, Run } from './schema';

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
  return request(settings, 'GET', `projects/${path(project)}/runs/${path(run)}`);
}

/** Take back a message that still waits. */
export function withdrawRun(settings: Settings, project: string, run: string): Promise<void> {
  return request(settings, 'DELETE', `projects/${path(project)}/runs/${path(run)}`);
}
