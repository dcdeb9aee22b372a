import type { ServerConnection } from '@jupyterlab/services';

import { call, path } from './request';

/** A large payload of an event, as text. */
export async function readBlob(
  settings: ServerConnection.ISettings,
  project: string,
  sha256: string
): Promise<string> {
  return (await call(settings, `projects/${path(project)}/blobs/${path(sha256)}`)).text();
}
