import type { ServerConnection } from '@jupyterlab/services';

import { updateDependencies } from '../api/dependencies';
import { getDisposition, updateDisposition } from '../api/dispositions';
import { ApiError } from '../api/request';
import type { Disposition, NewDependency, Session } from '../api/schema';
import { Observable } from '../models/observable';
import { messageOf } from '../models/projects';
import type { SessionsModel } from '../models/sessions';

type JsonObject = NonNullable<Disposition['json_schema']>;

/** What was wrong when a part of a session was saved, as sentences. */
export interface IProblems {
  name?: string;
  schema?: string;
  dependencies?: string;
}

/** A session as a person edits it: its name, what it must decide, what it needs. */
export class SessionDraft extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _sessions: SessionsModel,
    readonly session: Session
  ) {
    super();
    this._name = this._savedName = session.name;
    this._needed = this._savedNeeded = session.dependencies.map(asNew);
    void this._load();
  }

  get name(): string {
    return this._name;
  }

  set name(name: string) {
    this._name = name;
    this._conflict = null;
    this._problems = { ...this._problems, name: undefined };
    this.notify();
  }

  /** Schema of the disposition; undefined while it is read. */
  get schema(): JsonObject | null | undefined {
    return this._schema;
  }

  get dependencies(): readonly NewDependency[] {
    return this._needed;
  }

  set dependencies(needed: readonly NewDependency[]) {
    this._needed = needed;
    this._problems = { ...this._problems, dependencies: undefined };
    this.notify();
  }

  get problems(): IProblems {
    return this._problems;
  }

  /** The name that another window gave it meanwhile. */
  get conflict(): string | null {
    return this._conflict;
  }

  get busy(): boolean {
    return this._busy;
  }

  get dirty(): boolean {
    return this._nameChanged || this._schemaChanged || this._neededChanged;
  }

  get canSave(): boolean {
    return this._name.trim() !== '' && this._valid && !this._busy && this._conflict === null;
  }

  /** `valid`: it can be used as it is. */
  setSchema(schema: JsonObject | null, valid: boolean): void {
    this._schema = schema;
    this._valid = valid;
    this._problems = { ...this._problems, schema: undefined };
    this.notify();
  }

  /** Settle a name that two windows changed. */
  settle(useMine: boolean): void {
    if (this._conflict !== null) {
      this._savedName = this._conflict;
      this._name = useMine ? this._name : this._conflict;
      this._conflict = null;
      this.notify();
    }
  }

  /** Read the schema again. */
  retry(): void {
    void this._load();
  }

  /** Save what was changed, part by part; what was saved is not sent again. Tells whether all of it was. */
  async save(): Promise<boolean> {
    this._busy = true;
    this._problems = {};
    this.notify();
    const { id } = this.session;
    const name = this._name.trim();
    if (this._nameChanged) {
      await this._part('name', async () => {
        await this._sessions.rename(id, name, this._savedName);
        this._name = this._savedName = name;
      });
    }
    const schema = this._schema;
    if (this._schemaChanged && schema !== undefined) {
      await this._part('schema', async () => {
        await updateDisposition(this._settings, this._sessions.project, id, { json_schema: schema });
        this._savedSchema = schema;
      });
    }
    const needed = this._needed;
    if (this._neededChanged) {
      await this._part('dependencies', async () => {
        await updateDependencies(this._settings, this._sessions.project, id, needed);
        this._savedNeeded = needed;
      });
    }
    this._busy = false;
    this.notify();
    return !this.dirty;
  }

  private async _part(part: keyof IProblems, save: () => Promise<void>): Promise<void> {
    try {
      await save();
    } catch (error) {
      if (part === 'name' && error instanceof ApiError && typeof error.details.name === 'string') {
        this._conflict = error.details.name;
      } else {
        this._problems = { ...this._problems, [part]: messageOf(error) };
      }
    }
  }

  private async _load(): Promise<void> {
    const { id, has_schema } = this.session;
    try {
      // A session without a schema needs no reading.
      const read = has_schema
        ? (await getDisposition(this._settings, this._sessions.project, id)).json_schema
        : null;
      this._schema = this._savedSchema = read;
      this._problems = { ...this._problems, schema: undefined };
    } catch (error) {
      this._problems = { ...this._problems, schema: messageOf(error) };
    }
    this.notify();
  }

  private get _nameChanged(): boolean {
    return this._name.trim() !== '' && this._name.trim() !== this._savedName;
  }

  private get _schemaChanged(): boolean {
    return !same(this._schema, this._savedSchema) || !this._valid;
  }

  private get _neededChanged(): boolean {
    return !same(this._needed, this._savedNeeded);
  }

  private _name: string;
  private _savedName: string;
  private _schema: JsonObject | null | undefined;
  private _savedSchema: JsonObject | null | undefined;
  private _valid = true;
  private _needed: readonly NewDependency[];
  private _savedNeeded: readonly NewDependency[];
  private _problems: IProblems = {};
  private _conflict: string | null = null;
  private _busy = false;
}

function asNew({ session_id, kind, field, value }: Session['dependencies'][number]): NewDependency {
  return { session_id, kind, field, value };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
