import type { ServerConnection } from '@jupyterlab/services';

import { call, type IPage, path, query } from './request';
import type { Hit } from './schema';

/** Places where these words are, in one project or in all (`null`). */
export async function searchSessions(
  settings: ServerConnection.ISettings,
  project: string | null,
  asked: { q: string; after?: string; limit: number },
  signal: AbortSignal
): Promise<IPage<Hit>> {
  const address = project === null ? 'search' : `projects/${path(project)}/search`;
  const response = await call(settings, address + query(asked), { signal });
  return (await response.json()) as IPage<Hit>;
}
