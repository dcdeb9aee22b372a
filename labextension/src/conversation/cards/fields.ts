import type { Disposition } from '../../api/schema';
import { wholeValue } from './values';

type Schema = NonNullable<Disposition['json_schema']>;

/** One key of a disposition, as a form shows it. */
export interface IField {
  key: string;
  description: string;
  kind: 'choice' | 'yesno' | 'number' | 'integer' | 'text' | 'list' | 'json';
  /** Values to choose from. */
  options: unknown[];
  required: boolean;
}

/** Fields of the schema of an object, in order. */
export function fieldsOf(schema: Schema): IField[] {
  const properties = objectOf(schema.properties);
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  return Object.entries(properties).map(([key, value]) => {
    const property = objectOf(value);
    const options = Array.isArray(property.enum) ? property.enum : [];
    const description = typeof property.description === 'string' ? property.description : '';
    return { key, description, kind: kindOf(property, options), options, required: required.has(key) };
  });
}

/** What a form's field holds for a value; empty when there is none. */
export function textOf(field: IField, value: unknown): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (field.kind === 'choice' || field.kind === 'json') {
    return JSON.stringify(value);
  }
  return field.kind === 'list' && Array.isArray(value) ? value.map(wholeValue).join('\n') : wholeValue(value);
}

/** The value that a form's field stands for; `undefined` when it is left empty. Throws on what is none. */
export function valueOf(field: IField, text: string): unknown {
  if (text.trim() === '') {
    return undefined;
  }
  switch (field.kind) {
    case 'choice':
    case 'json':
      return JSON.parse(text);
    case 'yesno':
      return text === 'true';
    case 'number':
    case 'integer': {
      const number = Number(text.trim().replace(',', '.'));
      if (!Number.isFinite(number) || (field.kind === 'integer' && !Number.isInteger(number))) {
        throw new Error(text);
      }
      return number;
    }
    case 'list':
      return text
        .split('\n')
        .map(line => line.trim())
        .filter(line => line !== '');
    case 'text':
      return text;
  }
}

function kindOf(property: Schema, options: unknown[]): IField['kind'] {
  if (options.length > 0) {
    return 'choice';
  }
  switch (property.type) {
    case 'boolean':
      return 'yesno';
    case 'number':
    case 'integer':
      return property.type;
    case 'string':
      return 'text';
    case 'array':
      return objectOf(property.items).type === 'string' ? 'list' : 'json';
    default:
      return 'json';
  }
}

function objectOf(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {};
}
