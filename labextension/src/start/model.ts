import type { ServerConnection } from '@jupyterlab/services';
import type { IStateDB } from '@jupyterlab/statedb';

import { ApiError } from '../api/request';
import type { NewDependency, NewSession, Session } from '../api/schema';
import type { JsonObject } from '../components/schema';
import { addSession } from '../api/sessions';
import { MAIN } from '../models/branches';
import { Keeper } from '../models/keeper';
import { Observable } from '../models/observable';
import { messageOf } from '../models/projects';

/** What was filled in. */
export interface IStartValues {
  request: string;
  name: string;
  schema: JsonObject | null;
  dependencies: NewDependency[];
  model: string | null;
  /** Id of the branch to work on. */
  branch: string;
}

/** Part of the form that an error is about. */
export type StartPlace = 'request' | 'name' | 'schema' | 'dependencies' | 'model' | 'branch' | 'form';

export interface IStartError {
  place: StartPlace;
  message: string;
}

const EMPTY: IStartValues = {
  request: '',
  name: '',
  schema: null,
  dependencies: [],
  model: null,
  branch: MAIN
};

/** Names of the body's fields, as errors begin with them. */
const PLACES: Record<string, StartPlace | undefined> = {
  request: 'request',
  text: 'request',
  name: 'name',
  json_schema: 'schema',
  dependencies: 'dependencies',
  model: 'model',
  active_branch: 'branch'
};

/** A session that is about to be made: kept over a reload until it is made or cancelled. */
export class StartModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    readonly project: string,
    state: IStateDB | null
  ) {
    super();
    this._keeper = new Keeper(state, `jupyter-sessions:start:${project}`);
  }

  get values(): Readonly<IStartValues> {
    return this._values;
  }

  /** The schema can be used. */
  get schemaValid(): boolean {
    return this._schemaValid;
  }

  get error(): IStartError | null {
    return this._error;
  }

  /** The server is making it. */
  get sending(): boolean {
    return this._sending;
  }

  /** What was typed before is read. */
  get loaded(): boolean {
    return this._loaded;
  }

  async load(): Promise<void> {
    this._values = valid(await this._keeper.load());
    this._loaded = true;
    this.notify();
  }

  set(patch: Partial<IStartValues>): void {
    this._values = { ...this._values, ...patch };
    this._error = null;
    this._keeper.save(this._values);
    this.notify();
  }

  setSchema(schema: JsonObject | null, isValid: boolean): void {
    this._schemaValid = isValid;
    this.set({ schema });
  }

  /** Point to a part that has to be mended first. */
  fail(place: StartPlace, message: string): void {
    this._error = { place, message };
    this.notify();
  }

  /**
   * Make the session, with `notebook` as what the user looks at.
   *
   * `null` when the server refuses, with the reason in `error`.
   */
  async make(start: boolean, notebook: string | null): Promise<Session | null> {
    if (this._sending) {
      return null;
    }
    this._sending = true;
    this._error = null;
    this.notify();
    try {
      const body = bodyOf(this._values, start, notebook);
      const session = await addSession(this._settings, this.project, body);
      this._keeper.forget();
      return session;
    } catch (reason) {
      this._error = { place: placeOf(reason), message: messageOf(reason) };
      return null;
    } finally {
      this._sending = false;
      this.notify();
    }
  }

  /** Nothing of it is to be kept. */
  forget(): void {
    this._keeper.forget();
  }

  private _keeper: Keeper<IStartValues>;
  private _values: IStartValues = EMPTY;
  private _schemaValid = true;
  private _error: IStartError | null = null;
  private _sending = false;
  private _loaded = false;
}

export function bodyOf(values: IStartValues, start: boolean, notebook: string | null): Partial<NewSession> {
  const { request, name, schema, dependencies, model, branch } = values;
  return {
    ...(request.trim() ? { request } : {}),
    ...(name.trim() ? { name: name.trim() } : {}),
    ...(schema ? { json_schema: schema } : {}),
    ...(model ? { model } : {}),
    ...(start && notebook !== null ? { notebook } : {}),
    ...(branch === MAIN ? {} : { active_branch: branch }),
    dependencies,
    start
  };
}

/** The part of the form that the server's error is about. */
export function placeOf(reason: unknown): StartPlace {
  if (!(reason instanceof ApiError)) {
    return 'form';
  }
  const { code, details, message } = reason;
  if (code === 'blocked' || 'session_id' in details || 'fields' in details || 'values' in details) {
    return 'dependencies';
  }
  if ('path' in details) {
    return 'schema';
  }
  return PLACES[/^(\w+)(?:\.[\w.]+)?: /.exec(message)?.[1] ?? ''] ?? 'form';
}

/** What was kept, whatever an older version kept. */
function valid(kept: Partial<IStartValues>): IStartValues {
  return {
    request: typeof kept.request === 'string' ? kept.request : '',
    name: typeof kept.name === 'string' ? kept.name : '',
    schema: typeof kept.schema === 'object' ? kept.schema : null,
    dependencies: Array.isArray(kept.dependencies) ? kept.dependencies : [],
    model: typeof kept.model === 'string' ? kept.model : null,
    branch: typeof kept.branch === 'string' ? kept.branch : MAIN
  };
}
