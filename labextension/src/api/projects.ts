import type { ServerConnection } from '@jupyterlab/services';

import { type IPage, path, query, request } from './request';
import type { NewProject, Project, ProjectPatch } from './schema';

type Settings = ServerConnection.ISettings;

export async function listProjects(settings: Settings): Promise<Project[]> {
  const items: Project[] = [];
  let after: string | undefined;
  do {
    const page = await request<IPage<Project>>(settings, 'GET', `projects${query({ after })}`);
    items.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return items;
}

export function getProject(settings: Settings, project: string): Promise<Project> {
  return request(settings, 'GET', `projects/${path(project)}`);
}

export function addProject(settings: Settings, body: Partial<NewProject>): Promise<Project> {
  return request(settings, 'POST', 'projects', body);
}

/** The example project: made when it is not there. */
export function openExample(settings: Settings): Promise<Project> {
  return request(settings, 'POST', 'projects/example', {});
}

export function updateProject(
  settings: Settings,
  project: string,
  patch: Partial<ProjectPatch>
): Promise<Project> {
  return request(settings, 'PATCH', `projects/${path(project)}`, patch);
}

export function removeProject(
  settings: Settings,
  project: string,
  confirm: string,
  keepFiles: boolean
): Promise<void> {
  const files = keepFiles ? 'keep' : 'delete';
  return request(settings, 'DELETE', `projects/${path(project)}${query({ confirm, files })}`);
}
