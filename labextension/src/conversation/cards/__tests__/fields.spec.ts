import { describe, expect, it } from 'vitest';

import { fieldsOf, type IField, textOf, valueOf } from '../fields';

const SCHEMA = {
  type: 'object',
  properties: {
    risk: { enum: ['LOW', 'HIGH'], description: 'How likely' },
    ship: { type: 'boolean' },
    savings: { type: 'number' },
    cells: { type: 'integer' },
    reason: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    details: { type: 'object' }
  },
  required: ['risk']
};

const FIELDS = Object.fromEntries(fieldsOf(SCHEMA).map(field => [field.key, field]));

function field(key: string): IField {
  const found = FIELDS[key];
  if (!found) {
    throw new Error(key);
  }
  return found;
}

describe('fieldsOf', () => {
  it('gives each key of a schema its kind', () => {
    expect(Object.values(FIELDS).map(each => each.kind)).toEqual([
      'choice',
      'yesno',
      'number',
      'integer',
      'text',
      'list',
      'json'
    ]);
    expect(field('risk')).toMatchObject({
      required: true,
      options: ['LOW', 'HIGH'],
      description: 'How likely'
    });
    expect(field('ship').required).toBe(false);
  });

  it('takes what is no schema as one without keys', () => {
    expect(fieldsOf({})).toEqual([]);
    expect(fieldsOf({ properties: [1, 2] })).toEqual([]);
    expect(fieldsOf({ properties: { a: 'text', b: null } }).map(each => each.kind)).toEqual(['json', 'json']);
  });
});

describe('valueOf', () => {
  it.each([
    ['risk', 'HIGH'],
    ['ship', false],
    ['savings', 1.5],
    ['cells', 3],
    ['reason', 'Because.\nAnd so.'],
    ['tags', ['a', 'b']],
    ['details', { a: [1] }]
  ])('gives back what %s holds', (key, value) => {
    expect(valueOf(field(key), textOf(field(key), value))).toEqual(value);
  });

  it('leaves out what is left empty', () => {
    expect(valueOf(field('savings'), ' ')).toBeUndefined();
    expect(valueOf(field('risk'), '')).toBeUndefined();
  });

  it('refuses what is no number, or no whole one', () => {
    expect(() => valueOf(field('savings'), 'much')).toThrow();
    expect(() => valueOf(field('cells'), '1.5')).toThrow();
    expect(() => valueOf(field('details'), '{')).toThrow();
    expect(valueOf(field('savings'), '1,5')).toBe(1.5);
  });
});
