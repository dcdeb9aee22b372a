import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';
import type { CheckedSchema } from './schema';

/** Whether a schema can be used: both forms of it, or an error with `details.path`. */
export function checkSchema(
  settings: ServerConnection.ISettings,
  schema: Record<string, unknown>
): Promise<CheckedSchema> {
  return request(settings, 'POST', 'schemas/check', { json_schema: schema });
}
