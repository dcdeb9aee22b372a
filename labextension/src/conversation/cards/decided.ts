import type { TranslationBundle } from '@jupyterlab/translation';

import type { Disposition } from '../../api/schema';
import { fieldsOf } from './fields';
import { wholeValue } from './values';

/** Its keys in the order of the schema, then those that the schema does not name any more. */
export function keysOf({ value, json_schema }: Disposition): string[] {
  const named = json_schema ? fieldsOf(json_schema).map(field => field.key) : [];
  const given = Object.keys(value ?? {});
  return [...named.filter(key => given.includes(key)), ...given.filter(key => !named.includes(key))];
}

/** Running text reads as text; a word or a number stands out. */
export function isProse(value: unknown): boolean {
  return typeof value === 'string' && /\s/.test(value.trim());
}

/** A decided value in words. */
export function valueText(trans: TranslationBundle, value: unknown): string {
  if (typeof value === 'boolean') {
    return value ? trans.__('yes') : trans.__('no');
  }
  if (value === null || value === undefined) {
    return '–';
  }
  if (Array.isArray(value) && value.every(each => typeof each !== 'object')) {
    return value.map(wholeValue).join(', ');
  }
  return wholeValue(value);
}
