import type { ServerConnection } from '@jupyterlab/services';

import { type IPage, request } from './request';
import type { ModelList, ProviderReport, Runtime } from './schema';

type Settings = ServerConnection.ISettings;

export function listModels(settings: Settings): Promise<ModelList> {
  return request(settings, 'GET', 'models');
}

export async function listRuntimes(settings: Settings): Promise<Runtime[]> {
  return (await request<IPage<Runtime>>(settings, 'GET', 'runtimes')).items;
}

/** Ask all providers what they have. */
export function probeModels(settings: Settings): Promise<ProviderReport> {
  return request(settings, 'POST', 'models/probe');
}
