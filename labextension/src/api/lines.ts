import type { ServerConnection } from '@jupyterlab/services';

import { path, request } from './request';
import type { NewFork, Pin, Session } from './schema';

type Settings = ServerConnection.ISettings;

/** A new session with the log of this one up to an event. */
export function forkSession(
  settings: Settings,
  project: string,
  session: string,
  body: Partial<NewFork> & { seq: number }
): Promise<Session> {
  return request(settings, 'POST', `${at(project, session)}/fork`, body);
}

export function pinMessage(settings: Settings, project: string, session: string, body: Pin): Promise<void> {
  return request(settings, 'POST', `${at(project, session)}/pins`, body);
}

/** Give the model what the sessions that this one needs have found by now. */
export function importContext(settings: Settings, project: string, session: string): Promise<unknown> {
  return request(settings, 'POST', `${at(project, session)}/dependencies/import`, {});
}

function at(project: string, session: string): string {
  return `projects/${path(project)}/sessions/${path(session)}`;
}
