import { describe, expect, it } from 'vitest';

import type { Disposition } from '../../api/schema';
import { rowsOf, verdictOf } from '../rows';

function decided(value: Record<string, unknown> | null, patch: Partial<Disposition> = {}): Disposition {
  return { value, evidence: {}, json_schema: null, ...patch } as Disposition;
}

function schema(...keys: string[]): Partial<Disposition> {
  return { json_schema: { type: 'object', properties: Object.fromEntries(keys.map(key => [key, {}])) } };
}

const odd = (row: ReturnType<typeof rowsOf>[number] | undefined) => row?.cells.map(cell => cell.odd);

describe('rows over the sessions', () => {
  it('hold each key once, in the order of the schemas, with the value of each session', () => {
    const rows = rowsOf([
      decided({ ship: true, risk: 'LOW' }, schema('risk', 'ship')),
      decided({ cost: 3, risk: 'LOW' }, schema('cost', 'risk'))
    ]);
    expect(rows.map(row => [row.key, ...row.cells.map(cell => cell.value)])).toEqual([
      ['risk', 'LOW', 'LOW'],
      ['ship', true, undefined],
      ['cost', undefined, 3]
    ]);
    expect(rows.map(row => row.verdict)).toEqual(['same', 'partial', 'partial']);
  });

  it('say what differs by value, not by identity', () => {
    const rows = rowsOf([
      decided({ list: [1, { a: 2 }], flag: true, none: null }),
      decided({ list: [1, { a: 2 }], flag: 'true', none: null })
    ]);
    expect(rows.map(row => row.verdict)).toEqual(['same', 'differs', 'same']);
  });

  it('mark both of two values that differ, and of more only those unlike most', () => {
    const risks = (...values: (string | null)[]) =>
      rowsOf(values.map(risk => (risk === null ? decided(null) : decided({ risk }))))[0];
    expect(odd(risks('LOW', 'HIGH'))).toEqual([true, true]);
    expect(odd(risks('LOW', 'HIGH', 'LOW'))).toEqual([false, true, false]);
    expect(odd(risks('LOW', 'HIGH', 'LOW', 'HIGH'))).toEqual([true, true, true, true]);
    expect(odd(risks('LOW', null, 'HIGH'))).toEqual([true, false, true]);
    expect(odd(risks('LOW', null))).toEqual([false, false]);
  });

  it('take a null for a value when most have decided on it', () => {
    const rows = rowsOf([decided({ a: null }), decided({ a: null }), decided({ a: 1 })]);
    expect(odd(rows[0])).toEqual([false, false, true]);
  });

  it('stand beside sessions that were not read, or were deleted', () => {
    expect(rowsOf([null, decided({ risk: 'LOW' })])[0]?.verdict).toBe('partial');
    expect(rowsOf([null, decided(null)])).toEqual([]);
  });

  it('never take for a value what every object has', () => {
    const hostile = decided(JSON.parse('{"__proto__": 1, "constructor": 2}') as Record<string, unknown>);
    const rows = rowsOf([hostile, decided({})]);
    expect(rows.map(row => [row.key, row.verdict, row.cells[1]?.decided])).toEqual([
      ['__proto__', 'partial', false],
      ['constructor', 'partial', false]
    ]);
  });

  it('name the key result that a value rests on', () => {
    const rows = rowsOf([decided({ risk: 'LOW' }, { evidence: { risk: 'K1' } }), decided({ risk: 'LOW' })]);
    expect(rows[0]?.cells.map(cell => cell.evidence)).toEqual(['K1', undefined]);
  });
});

describe('a verdict', () => {
  it('is about what is known', () => {
    expect(verdictOf(['a', 'a'])).toBe('same');
    expect(verdictOf(['a', undefined, 'b'])).toBe('differs');
    expect(verdictOf(['a', undefined])).toBe('partial');
    expect(verdictOf([undefined, undefined])).toBe('partial');
  });
});
