import { JSONExt, type ReadonlyPartialJSONValue } from '@lumino/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../../api/request';
import type { CheckedSchema } from '../../api/schema';
import { Observable } from '../../models/observable';
import { type FieldProblem, type IField, type IRows, newField, problemOf, rowsOf, schemaOf } from './fields';
import { type IParsed, isObject, JsonProblem, type JsonObject, parseJson, printJson } from './json';

export type Check = (schema: JsonObject) => Promise<CheckedSchema>;

/** What is wrong, and where. */
export interface ISchemaProblem {
  /** Sentence without the line. */
  message: string;
  line: number | null;
  /** Name of the field that it is about. */
  field: string | null;
}

interface IOptions {
  trans: TranslationBundle;
  /** Asks the server; throws an `ApiError` with `details.path`. */
  check: Check;
  onChange(schema: JsonObject | null, valid: boolean): void;
  /** Characters of a line of the text. */
  width: number;
}

/** How long to wait for more typing before the server is asked. */
const PAUSE = 300;

/** A schema while it is edited: rows and text are two views of it. */
export class SchemaDraft extends Observable {
  constructor(
    value: JsonObject | null,
    private _options: IOptions
  ) {
    super();
    this._take(value);
  }

  get mode(): 'rows' | 'text' {
    return this._mode;
  }

  get rows(): IRows | null {
    return this._rows;
  }

  get text(): string {
    return this._text;
  }

  get problem(): ISchemaProblem | null {
    return this._problem;
  }

  /** The server is being asked. */
  get checking(): boolean {
    return this._checking;
  }

  /** What is wrong with the rows, by the row's id. */
  get fieldProblems(): ReadonlyMap<number, FieldProblem> {
    const fields = this._rows?.fields ?? [];
    const found = fields.map(field => [field.id, problemOf(field, fields)] as const);
    return new Map(found.filter((each): each is [number, FieldProblem] => each[1] !== null));
  }

  /** Rows can be shown: the text is valid, and of a shape that they know. */
  get canShowRows(): boolean {
    return this._problem === null && !this._checking && this._rows !== null;
  }

  set options(options: IOptions) {
    this._options = options;
  }

  /** Take another schema, unless it is the one that was told last. */
  receive(value: JsonObject | null): void {
    if (value !== this._received) {
      this._received = value;
      if (!same(value, this._told)) {
        this._take(value);
        this.notify();
      }
    }
  }

  show(mode: 'rows' | 'text'): void {
    if (mode === 'rows' && !this.canShowRows) {
      return;
    }
    if (mode === 'text' && this._mode === 'rows') {
      this._text = this._print(this._rows && schemaOf(this._rows));
      if (this._problem) {
        // What is wrong with the rows has a line in the text.
        this.setText(this._text);
      }
    }
    this._mode = mode;
    this.notify();
  }

  setText(text: string): void {
    this._text = text;
    this._problem = null;
    this._stopChecking();
    try {
      this._readText(text);
    } catch (problem) {
      if (!(problem instanceof JsonProblem)) {
        throw problem;
      }
      this._problem = { message: problem.message, line: problem.line, field: null };
      this._tell(this._told, false);
    }
    this.notify();
  }

  addField(): IField {
    const field = newField();
    this._setFields([...(this._rows?.fields ?? []), field]);
    return field;
  }

  setField(id: number, patch: Partial<IField>): void {
    this._setFields(this._fields.map(each => (each.id === id ? { ...each, ...patch } : each)));
  }

  removeField(id: number): void {
    this._setFields(this._fields.filter(each => each.id !== id));
  }

  /** Put a row at a place, counted without it. */
  moveField(id: number, to: number): void {
    const moved = this._fields.find(each => each.id === id);
    const others = this._fields.filter(each => each.id !== id);
    if (moved) {
      this._setFields([...others.slice(0, to), moved, ...others.slice(to)]);
    }
  }

  override dispose(): void {
    this._stopChecking();
    super.dispose();
  }

  private get _fields(): readonly IField[] {
    return this._rows?.fields ?? [];
  }

  private _take(value: JsonObject | null): void {
    this._stopChecking();
    this._received = value;
    this._told = value;
    this._problem = null;
    this._rows = rowsOf(value);
    this._text = this._print(value);
    if (this._rows === null) {
      this._mode = 'text';
    }
  }

  private _setFields(fields: readonly IField[]): void {
    this._rows = { fields, rest: this._rows?.rest ?? {} };
    this._problem = null;
    this._stopChecking();
    const schema = schemaOf(this._rows);
    const valid = this.fieldProblems.size === 0;
    this._tell(schema, valid);
    if (schema && valid) {
      this._ask(schema, null);
    }
    this.notify();
  }

  private _readText(text: string): void {
    if (text.trim() === '') {
      this._rows = rowsOf(null);
      this._tell(null, true);
      return;
    }
    const { trans } = this._options;
    const parsed = parseJson(trans, text);
    if (!isObject(parsed.value)) {
      throw new JsonProblem(parsed.lineOf([]), trans.__('a schema begins with { and ends with }.'));
    }
    this._tell(this._told, false);
    this._checking = true;
    this._ask(parsed.value, parsed);
  }

  /** Ask the server after a pause; what rows say holds meanwhile, text does not. */
  private _ask(schema: JsonObject, parsed: IParsed | null): void {
    const asked = (this._asked = {});
    this._timer = window.setTimeout(() => {
      this._options.check(schema).then(
        checked => {
          if (asked === this._asked) {
            this._accept(checked.json_schema, parsed !== null);
          }
        },
        (reason: unknown) => {
          if (asked === this._asked) {
            this._refuse(reason, schema, parsed);
          }
        }
      );
    }, PAUSE);
  }

  private _accept(schema: JsonObject, fromText: boolean): void {
    this._checking = false;
    if (fromText) {
      this._rows = rowsOf(schema);
      this._tell(schema, true);
    }
    this.notify();
  }

  private _refuse(reason: unknown, schema: JsonObject, parsed: IParsed | null): void {
    this._checking = false;
    if (reason instanceof ApiError && reason.status < 500) {
      const path = pathOf(reason.details.path);
      this._problem = {
        message: reason.message,
        line: parsed && path ? parsed.lineOf(path) : null,
        field: path?.[0] === 'properties' && path.length > 1 ? String(path[1]) : null
      };
      this._tell(this._told, false);
    } else {
      // The server that cannot check it now will when it is saved.
      this._rows = rowsOf(schema);
      this._tell(schema, true);
    }
    this.notify();
  }

  private _stopChecking(): void {
    window.clearTimeout(this._timer);
    this._asked = null;
    this._checking = false;
  }

  private _tell(schema: JsonObject | null, valid: boolean): void {
    this._told = schema;
    this._options.onChange(schema, valid);
  }

  private _print(schema: JsonObject | null): string {
    return schema ? printJson(schema, this._options.width) : '';
  }

  private _mode: 'rows' | 'text' = 'rows';
  private _rows: IRows | null = null;
  private _text = '';
  private _problem: ISchemaProblem | null = null;
  private _checking = false;
  private _received: JsonObject | null = null;
  private _told: JsonObject | null = null;
  private _asked: object | null = null;
  private _timer = 0;
}

/** The path that an error names: a list, or a JSON pointer. */
export function pathOf(path: unknown): (string | number)[] | null {
  if (Array.isArray(path)) {
    return path.filter((each): each is string | number => ['string', 'number'].includes(typeof each));
  }
  if (typeof path === 'string') {
    const parts = path.replace(/^#?\//, '').split('/');
    return parts.map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return null;
}

function same(one: JsonObject | null, other: JsonObject | null): boolean {
  return JSONExt.deepEqual(one as ReadonlyPartialJSONValue, other as ReadonlyPartialJSONValue);
}
