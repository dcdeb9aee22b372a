import { describe, expect, it } from 'vitest';

import type { Table } from '../../../api/schema';
import { alignedValue, digitsOf, shortValue, shownColumns, tabSeparated } from '../values';

const TABLE: Table = {
  columns: [
    { name: 'model', type: 'string' },
    { name: 'auc', type: 'number' }
  ],
  rows: [
    ['a\tb', 0.1],
    [null, 2]
  ],
  total_rows: 2
};

describe('shortValue', () => {
  it.each([
    [0.8612, '0.8612'],
    [0.1 + 0.2, '0.3'],
    [123456789012, '123456789012'],
    [1e-12, '1e-12'],
    [true, 'true'],
    [null, '–'],
    [{ a: 1 }, '{"a":1}']
  ])('says %j as %s', (value, text) => {
    expect(shortValue(value)).toBe(text);
  });

  it('cuts what is long', () => {
    expect(shortValue('x'.repeat(1000))).toHaveLength(200);
  });
});

describe('alignedValue', () => {
  it('gives the fractions of a column the same digits', () => {
    const digits = digitsOf([0.0061, 0.007, 5, null]);
    expect(digits).toBe(4);
    expect(alignedValue(0.007, digits)).toBe('0.0070');
    expect(alignedValue(5, digits)).toBe('5.0000');
    expect(alignedValue('n/a', digits)).toBe('n/a');
  });

  it('does not show as nothing what is small, nor pad what is vast', () => {
    expect(alignedValue(1e-9, 4)).toBe('1e-9');
    expect(alignedValue(1.5e12, 4)).toBe('1500000000000');
    expect(digitsOf([0.1 + 0.2])).toBe(6);
  });
});

describe('shownColumns', () => {
  it('shows the chosen columns in their order, and all when none of them is there', () => {
    expect(shownColumns(TABLE, ['auc', 'gone', 'model'])).toEqual([1, 0]);
    expect(shownColumns(TABLE, ['gone'])).toEqual([0, 1]);
    expect(shownColumns(TABLE, null)).toEqual([0, 1]);
  });
});

describe('tabSeparated', () => {
  it('keeps a value in its place', () => {
    expect(tabSeparated(TABLE, null)).toBe('model\tauc\na b\t0.1\n\t2');
  });
});
