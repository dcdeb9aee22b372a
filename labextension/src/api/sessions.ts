import type { ServerConnection } from '@jupyterlab/services';

import { call, type IPage, path, query, request } from './request';
import type { NewSession, Session, SessionPatch } from './schema';

type Settings = ServerConnection.ISettings;

export async function listSessions(settings: Settings, project: string): Promise<Session[]> {
  const items: Session[] = [];
  let after: string | undefined;
  do {
    const page = await request<IPage<Session>>(
      settings,
      'GET',
      `projects/${path(project)}/sessions${query({ after, limit: 1000 })}`
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

/** Delete a session; `force` also when others depend on it, which is a conflict otherwise. */
export function removeSession(
  settings: Settings,
  project: string,
  session: string,
  force: boolean
): Promise<void> {
  return request(settings, 'DELETE', at(project, session) + query({ force: force ? 'true' : undefined }));
}

/** Put a session before another one, or last; answers with all of them in their order. */
export async function moveSession(
  settings: Settings,
  project: string,
  move: string,
  before: string | null
): Promise<Session[]> {
  const address = `projects/${path(project)}/sessions/order`;
  return (await request<IPage<Session>>(settings, 'PUT', address, { move, before })).items;
}

export type ExportFormat = 'markdown' | 'html' | 'notebook' | 'jsonl' | 'chat';

/** The conversation as a file. */
export async function exportSession(
  settings: Settings,
  project: string,
  session: string,
  format: ExportFormat
): Promise<Blob> {
  return (await call(settings, at(project, session) + '/export' + query({ format }))).blob();
}

/** Make a session of a log that was exported, or of a `.chat` file. */
export async function importSession(settings: Settings, project: string, file: File): Promise<Session> {
  const address = `projects/${path(project)}/sessions/import${query({ name: file.name })}`;
  const headers = { 'Content-Type': 'application/octet-stream' };
  const response = await call(settings, address, { method: 'POST', body: file, headers });
  return (await response.json()) as Session;
}

function at(project: string, session: string): string {
  return `projects/${path(project)}/sessions/${path(session)}`;
}
