import type { ServerConnection } from '@jupyterlab/services';

import { path, request } from './request';
import type { Disposition, DispositionChange } from './schema';

type Settings = ServerConnection.ISettings;

export function getDisposition(settings: Settings, project: string, session: string): Promise<Disposition> {
  return request(settings, 'GET', at(project, session));
}

/** Change the schema, the value or its evidence; what is left out stays. */
export function updateDisposition(
  settings: Settings,
  project: string,
  session: string,
  change: Partial<DispositionChange>
): Promise<Disposition> {
  return request(settings, 'PUT', at(project, session), change);
}

function at(project: string, session: string): string {
  return `projects/${path(project)}/sessions/${path(session)}/disposition`;
}
