import { JSONExt, type ReadonlyPartialJSONValue } from '@lumino/coreutils';

import { isObject, type JsonObject } from './json';

export type FieldType = 'boolean' | 'enum' | 'number' | 'integer' | 'string' | 'list';

/** A row of the editor: one property of the schema. */
export interface IField {
  /** Stays with the row while it is moved and renamed. */
  readonly id: number;
  readonly name: string;
  /** `null`: rows cannot show it, it is edited as text only. */
  readonly type: FieldType | null;
  /** Allowed values of `enum`; range and note of numbers; note of the others. */
  readonly detail: string;
  readonly required: boolean;
  /** Its schema, when rows cannot show it. */
  readonly raw: unknown;
}

export interface IRows {
  readonly fields: readonly IField[];
  /** What the schema says beside its fields. */
  readonly rest: JsonObject;
}

/** Why a row cannot be a part of a schema. */
export type FieldProblem = 'no name' | 'same name' | 'no values' | 'same values' | 'range';

const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`;
const NOTE = String.raw`(?:\s*[,;]\s*(?<note>.+))?`;
const BETWEEN = new RegExp(String.raw`^(?<low>${NUMBER})\s*(?:to|–|\.\.)\s*(?<high>${NUMBER})${NOTE}$`);
const LEAST = new RegExp(String.raw`^(?:at least|>=|≥)\s*(?<low>${NUMBER})${NOTE}$`);
const MOST = new RegExp(String.raw`^(?:at most|<=|≤)\s*(?<high>${NUMBER})${NOTE}$`);

let lastId = 0;

export function newField(): IField {
  lastId += 1;
  return { id: lastId, name: '', type: 'string', detail: '', required: true, raw: null };
}

/** The rows of a schema; `null` when rows cannot show its shape at all. */
export function rowsOf(schema: JsonObject | null): IRows | null {
  const { type = 'object', properties = {}, required = [], ...rest } = schema ?? {};
  if (type !== 'object' || !isObject(properties) || !Array.isArray(required)) {
    return null;
  }
  const names = Object.keys(properties);
  if (required.some(each => typeof each !== 'string' || !names.includes(each))) {
    return null;
  }
  const fields = names.map(name => fieldOf(name, properties[name], required.includes(name)));
  return { fields, rest };
}

/** The schema of the rows that have a name; `null` without any. */
export function schemaOf({ fields, rest }: IRows): JsonObject | null {
  const named = fields.filter(field => field.name.trim() !== '');
  if (named.length === 0) {
    return null;
  }
  const required = named.filter(field => field.required).map(field => field.name.trim());
  return {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(named.map(field => [field.name.trim(), propertyOf(field)])),
    ...rest
  };
}

/** What is wrong with a row among the others. */
export function problemOf(field: IField, fields: readonly IField[]): FieldProblem | null {
  const name = field.name.trim();
  if (name === '') {
    return 'no name';
  }
  if (fields.some(other => other.id !== field.id && other.name.trim() === name)) {
    return 'same name';
  }
  if (field.type === 'enum') {
    const values = valuesOf(field.detail);
    return values.length === 0 ? 'no values' : new Set(values).size < values.length ? 'same values' : null;
  }
  if (field.type === 'number' || field.type === 'integer') {
    const { minimum, maximum } = rangeOf(field.detail);
    return minimum !== undefined && maximum !== undefined && minimum > maximum ? 'range' : null;
  }
  return null;
}

/** The values of "low, high". */
export function valuesOf(detail: string): string[] {
  return detail
    .split(',')
    .map(value => value.trim())
    .filter(value => value !== '');
}

function fieldOf(name: string, schema: unknown, required: boolean): IField {
  const field = { ...newField(), name, required };
  const shown = isObject(schema) ? { ...field, ...shapeOf(schema) } : field;
  return isObject(schema) && saysTheSame(schema, shown) ? shown : { ...field, type: null, raw: schema };
}

/** Rows show a property when it can be made from the row again. */
function saysTheSame(schema: JsonObject, field: IField): boolean {
  const made = propertyOf(field);
  const typed = 'enum' in schema ? { type: 'string', ...schema } : schema;
  return JSONExt.deepEqual(made as ReadonlyPartialJSONValue, typed as ReadonlyPartialJSONValue);
}

function shapeOf(schema: JsonObject): { type: FieldType; detail: string } {
  const note = typeof schema.description === 'string' ? schema.description : '';
  if (Array.isArray(schema.enum)) {
    return { type: 'enum', detail: schema.enum.map(String).join(', ') };
  }
  switch (schema.type) {
    case 'number':
    case 'integer':
      return { type: schema.type, detail: [rangeText(schema), note].filter(part => part).join(', ') };
    case 'boolean':
      return { type: 'boolean', detail: note };
    case 'array':
      return { type: 'list', detail: note };
    default:
      return { type: 'string', detail: note };
  }
}

function propertyOf(field: IField): unknown {
  const note = field.detail.trim();
  const description = note ? { description: note } : {};
  switch (field.type) {
    case null:
      return field.raw;
    case 'enum':
      return { type: 'string', enum: valuesOf(field.detail) };
    case 'number':
    case 'integer':
      return { type: field.type, ...rangeOf(note) };
    case 'list':
      return { type: 'array', items: { type: 'string' }, ...description };
    default:
      return { type: field.type, ...description };
  }
}

interface IRange {
  minimum?: number;
  maximum?: number;
  description?: string;
}

/** Range and note of a number: "0 to 1", "at least 0, in euros", or a note alone. */
function rangeOf(detail: string): IRange {
  const found = [BETWEEN, LEAST, MOST].map(each => each.exec(detail.trim())).find(each => each !== null);
  if (!found) {
    return detail.trim() ? { description: detail.trim() } : {};
  }
  const { low, high, note } = found.groups ?? {};
  return {
    ...(low !== undefined ? { minimum: Number(low) } : {}),
    ...(high !== undefined ? { maximum: Number(high) } : {}),
    ...(note !== undefined ? { description: note.trim() } : {})
  };
}

function rangeText({ minimum, maximum }: JsonObject): string {
  if (typeof minimum === 'number' && typeof maximum === 'number') {
    return `${minimum} to ${maximum}`;
  }
  return typeof minimum === 'number'
    ? `at least ${minimum}`
    : typeof maximum === 'number'
      ? `at most ${maximum}`
      : '';
}
