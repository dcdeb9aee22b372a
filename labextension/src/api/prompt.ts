import type { ServerConnection } from '@jupyterlab/services';

import { type IPage, path, query, request } from './request';
import type { PromptPreview, ToolInfo } from './schema';

type Settings = ServerConnection.ISettings;

/** The agent's tools, whether a project uses them or not. */
export async function listTools(settings: Settings): Promise<ToolInfo[]> {
  return (await request<IPage<ToolInfo>>(settings, 'GET', 'tools')).items;
}

/** The whole prompt of a session, or of one that would be made now. */
export function getPrompt(
  settings: Settings,
  project: string,
  session: string | null
): Promise<PromptPreview> {
  const address = `projects/${path(project)}/prompt${query({ session: session ?? undefined })}`;
  return request(settings, 'GET', address);
}
