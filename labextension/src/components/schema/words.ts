import type { TranslationBundle } from '@jupyterlab/translation';

import type { FieldProblem, FieldType, IField } from './fields';
import { valuesOf } from './fields';

export const FIELD_TYPES: readonly FieldType[] = ['boolean', 'enum', 'number', 'integer', 'string', 'list'];

export function typeName(trans: TranslationBundle, type: FieldType): string {
  return {
    boolean: trans.__('yes or no'),
    enum: trans.__('one of'),
    number: trans.__('number'),
    integer: trans.__('whole number'),
    string: trans.__('text'),
    list: trans.__('list')
  }[type];
}

/** The type in few words: "one of 3". */
export function shortType(trans: TranslationBundle, { type, detail }: IField): string {
  if (type === null) {
    return trans.__('Edited as text only');
  }
  return type === 'enum' ? trans.__('one of %1', valuesOf(detail).length) : typeName(trans, type);
}

/** What belongs into the third column. */
export function detailHint(trans: TranslationBundle, type: FieldType): string {
  switch (type) {
    case 'enum':
      return trans.__('Values, with commas between');
    case 'number':
    case 'integer':
      return trans.__('0 to 1, or a note to the agent');
    default:
      return trans.__('Note to the agent (optional)');
  }
}

export function problemText(trans: TranslationBundle, problem: FieldProblem, field: IField): string {
  switch (problem) {
    case 'no name':
      return trans.__('A field needs a name.');
    case 'same name':
      return trans.__('Two fields are called “%1”.', field.name.trim());
    case 'no values':
      return trans.__('“%1” needs the values that are allowed, with commas between.', field.name);
    case 'same values':
      return trans.__('“%1” names one value twice.', field.name);
    case 'range':
      return trans.__('The range of “%1” ends before it begins.', field.name);
  }
}
