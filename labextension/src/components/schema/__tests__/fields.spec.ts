import { describe, expect, it } from 'vitest';

import { type IField, newField, problemOf, rowsOf, schemaOf } from '../fields';

const SCHEMA = {
  type: 'object',
  required: ['ship', 'best_model', 'auc'],
  properties: {
    ship: { type: 'boolean' },
    best_model: { type: 'string', enum: ['logistic', 'random_forest'] },
    auc: { type: 'number', minimum: 0, maximum: 1 },
    folds: { type: 'integer', minimum: 2, description: 'of the last run' },
    columns: { type: 'array', items: { type: 'string' } },
    reason: { type: 'string', description: 'One sentence a manager understands' }
  },
  additionalProperties: false
};

function field(patch: Partial<IField>): IField {
  return { ...newField(), name: 'x', ...patch };
}

describe('rows and schema', () => {
  it('are two views of one thing', () => {
    const rows = rowsOf(SCHEMA);
    expect(rows?.fields.map(({ name, type, detail, required }) => [name, type, detail, required])).toEqual([
      ['ship', 'boolean', '', true],
      ['best_model', 'enum', 'logistic, random_forest', true],
      ['auc', 'number', '0 to 1', true],
      ['folds', 'integer', 'at least 2, of the last run', false],
      ['columns', 'list', '', false],
      ['reason', 'string', 'One sentence a manager understands', false]
    ]);
    expect(rows && schemaOf(rows)).toEqual(SCHEMA);
  });

  it('keep as text what a row cannot say, and give it back as it was', () => {
    const properties = {
      address: { type: 'object', properties: { city: { type: 'string' } } },
      comma: { type: 'string', enum: ['a, b', 'c'] },
      count: { type: 'string', enum: [1, 2] },
      range: { type: 'number', description: '0 to 1' },
      exclusive: { type: 'number', exclusiveMinimum: 0 },
      anything: true
    };
    const rows = rowsOf({ type: 'object', properties });
    expect(rows?.fields.map(each => each.type)).toEqual([null, null, null, null, null, null]);
    expect(rows && schemaOf(rows)).toEqual({ type: 'object', properties });
  });

  it('an enum without a type is one of texts', () => {
    const rows = rowsOf({ type: 'object', properties: { risk: { enum: ['low', 'high'] } } });
    expect(rows?.fields[0]).toMatchObject({ type: 'enum', detail: 'low, high', required: false });
  });

  it('cannot show what is no object of fields', () => {
    expect(rowsOf({ type: 'array' })).toBeNull();
    expect(rowsOf({ type: 'object', properties: [] })).toBeNull();
    expect(rowsOf({ type: 'object', properties: {}, required: ['gone'] })).toBeNull();
  });

  it('no rows are no schema, and nothing is lost by a name', () => {
    expect(schemaOf({ fields: [], rest: {} })).toBeNull();
    expect(schemaOf({ fields: [field({ name: ' ' })], rest: {} })).toBeNull();
    const made = schemaOf({ fields: [field({ name: '__proto__', type: 'boolean' })], rest: {} });
    expect(Object.keys(made?.properties as object)).toEqual(['__proto__']);
  });

  it('understand ranges as people write them', () => {
    const property = (detail: string) => {
      const made = schemaOf({ fields: [field({ type: 'number', detail })], rest: {} });
      return (made?.properties as Record<string, unknown>).x;
    };
    expect(property('-1.5 to 2e3')).toEqual({ type: 'number', minimum: -1.5, maximum: 2000 });
    expect(property('0–1; a share')).toEqual({
      type: 'number',
      minimum: 0,
      maximum: 1,
      description: 'a share'
    });
    expect(property('>= 3')).toEqual({ type: 'number', minimum: 3 });
    expect(property('at most 9')).toEqual({ type: 'number', maximum: 9 });
    expect(property('in euros')).toEqual({ type: 'number', description: 'in euros' });
  });
});

describe('a row', () => {
  it('says what is wrong with it', () => {
    const ok = field({});
    expect(problemOf(ok, [ok])).toBeNull();
    expect(problemOf(field({ name: ' ' }), [])).toBe('no name');
    expect(problemOf(field({}), [ok])).toBe('same name');
    expect(problemOf(field({ type: 'enum', detail: ' , ' }), [])).toBe('no values');
    expect(problemOf(field({ type: 'enum', detail: 'a, b, a' }), [])).toBe('same values');
    expect(problemOf(field({ type: 'number', detail: '2 to 1' }), [])).toBe('range');
  });
});
