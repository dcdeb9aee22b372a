import type { ServerConnection } from '@jupyterlab/services';

import { call, type IPage, path, query, request } from './request';
import type { KeyResult, KeyResultData, KeyResultPatch, NewKeyResult } from './schema';

type Settings = ServerConnection.ISettings;

export async function listKeyResults(
  settings: Settings,
  project: string,
  session: string
): Promise<KeyResult[]> {
  const items: KeyResult[] = [];
  let after: string | undefined;
  do {
    const address = at(project, session) + query({ after });
    const page = await request<IPage<KeyResult>>(settings, 'GET', address);
    items.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return items;
}

/** Promote what a cell shows now. */
export function addKeyResult(
  settings: Settings,
  project: string,
  session: string,
  body: Partial<NewKeyResult> & { notebook: string; cell_id: string }
): Promise<KeyResult> {
  return request(settings, 'POST', at(project, session), body);
}

export function updateKeyResult(
  settings: Settings,
  project: string,
  session: string,
  id: string,
  patch: Partial<KeyResultPatch>
): Promise<KeyResult> {
  return request(settings, 'PATCH', at(project, session, id), patch);
}

/** Remove a key result; its data stays in the log. */
export function removeKeyResult(
  settings: Settings,
  project: string,
  session: string,
  id: string
): Promise<void> {
  return request(settings, 'DELETE', at(project, session, id));
}

/** Its table and its outputs. */
export function readKeyResultData(
  settings: Settings,
  project: string,
  session: string,
  id: string
): Promise<KeyResultData> {
  return request(settings, 'GET', `${at(project, session, id)}/data`);
}

/** Its whole table as CSV. */
export async function readKeyResultCsv(
  settings: Settings,
  project: string,
  session: string,
  id: string
): Promise<Blob> {
  return (await call(settings, `${at(project, session, id)}/csv`)).blob();
}

function at(project: string, session: string, id?: string): string {
  const all = `projects/${path(project)}/sessions/${path(session)}/key-results`;
  return id === undefined ? all : `${all}/${path(id)}`;
}
