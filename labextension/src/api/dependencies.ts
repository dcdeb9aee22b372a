import type { ServerConnection } from '@jupyterlab/services';

import { type IPage, path, request } from './request';
import type { Dependency, NewDependency } from './schema';

/** Replace all dependencies of a session; answers how they stand. */
export async function updateDependencies(
  settings: ServerConnection.ISettings,
  project: string,
  session: string,
  items: readonly NewDependency[]
): Promise<Dependency[]> {
  const address = `projects/${path(project)}/sessions/${path(session)}/dependencies`;
  return (await request<IPage<Dependency>>(settings, 'PUT', address, { items })).items;
}
