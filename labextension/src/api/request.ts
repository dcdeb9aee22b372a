import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type { ErrorBody } from './schema';

const NAMESPACE = 'jupyter-sessions';

/** A page of a list. */
export interface IPage<T> {
  items: T[];
  next: string | null;
}

/** The server answered with an error; `message` is a sentence for a person. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** What a program needs to know about it. */
    readonly details: Readonly<Record<string, unknown>> = {}
  ) {
    super(message);
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {}

/** What an error says to a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One or more parts of a path, made safe for a URL. */
export function path(...parts: string[]): string {
  return parts.map(part => encodeURIComponent(part)).join('/');
}

/** The parts of a query that have a value. */
export function query(values: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) {
      search.set(name, String(value));
    }
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}

/** Call the server extension; the answer as it comes. */
export async function call(
  settings: ServerConnection.ISettings,
  endPoint: string,
  init: RequestInit = {}
): Promise<Response> {
  const url = URLExt.join(settings.baseUrl, NAMESPACE) + '/' + endPoint;
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(url, init, settings);
  } catch (error) {
    throw new Unreachable(String(error));
  }
  if (!response.ok) {
    throw await asError(response);
  }
  return response;
}

/** Call the server extension and parse its JSON. */
export async function request<T>(
  settings: ServerConnection.ISettings,
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  endPoint: string,
  body?: object
): Promise<T> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
  }
  const text = await (await call(settings, endPoint, init)).text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** Address of a WebSocket of the server extension. */
export function socketUrl(settings: ServerConnection.ISettings, endPoint: string): string {
  const url = URLExt.join(settings.wsUrl, NAMESPACE) + '/' + endPoint;
  if (!settings.appendToken || settings.token === '') {
    return url;
  }
  return `${url}${url.includes('?') ? '&' : '?'}token=${encodeURIComponent(settings.token)}`;
}

async function asError(response: Response): Promise<ApiError | Unreachable> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as Partial<ErrorBody>;
    return new ApiError(
      response.status,
      body.code ?? 'error',
      body.message || response.statusText,
      body.details ?? {}
    );
  } catch {
    // A proxy in between answers for a server that is gone.
    return response.status >= 502 && response.status <= 504
      ? new Unreachable(response.statusText)
      : new ApiError(response.status, 'error', response.statusText || String(response.status));
  }
}
