import type { ServerConnection } from '@jupyterlab/services';

import { type IPage, path, query, request } from './request';
import type { Event } from './schema';

/** A page of a session's log, ascending: `after` goes on from there, `before` takes what lies just before. */
export function listEvents(
  settings: ServerConnection.ISettings,
  project: string,
  session: string,
  page: { after?: number; before?: number; limit: number; types?: string }
): Promise<IPage<Event>> {
  const address = `projects/${path(project)}/sessions/${path(session)}/events`;
  return request(settings, 'GET', address + query(page));
}
