import type { ServerConnection } from '@jupyterlab/services';

import { type IPage, path, query, request } from './request';
import type { NewSession, Session, SessionPatch } from './schema';

type Settings = ServerConnection.ISettings;

export async function listSessions(settings: Settings, project: string): Promise<Session[]> {
  const items: Session[] = [];
  let after: string | undefined;
  do {
    const page = await request<IPage<Session>>(
      settings,
      'GET',
      `projects/${path(project)}/sessions${query({ after })}`
    );
    items.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return items;
}

export function getSession(settings: Settings, project: string, session: string): Promise<Session> {
  return request(settings, 'GET', at(project, session));
}

export function addSession(
  settings: Settings,
  project: string,
  body: Partial<NewSession> = {}
): Promise<Session> {
  return request(settings, 'POST', `projects/${path(project)}/sessions`, body);
}

export function updateSession(
  settings: Settings,
  project: string,
  session: string,
  patch: Partial<SessionPatch>
): Promise<Session> {
  return request(settings, 'PATCH', at(project, session), patch);
}

export function removeSession(settings: Settings, project: string, session: string): Promise<void> {
  return request(settings, 'DELETE', at(project, session));
}

function at(project: string, session: string): string {
  return `projects/${path(project)}/sessions/${path(session)}`;
}
