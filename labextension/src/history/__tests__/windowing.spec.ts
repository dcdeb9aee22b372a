import { describe, expect, it } from 'vitest';

import { rangeOf, rowAt, scrolledTo, topsOf } from '../windowing';

const thousand = topsOf(Array<number>(1000).fill(44));

describe('rows that are drawn', () => {
  it('are a few of a thousand, wherever one looks, and all that is in view', () => {
    for (const top of [0, 123, 20_000, 44_000 - 600]) {
      const { start, end } = rangeOf(thousand, { top, height: 600 });
      expect(end - start).toBeLessThan(40);
      expect(thousand[start]).toBeLessThanOrEqual(top);
      expect(thousand[end]).toBeGreaterThanOrEqual(Math.min(top + 600, 44_000));
    }
    expect(rangeOf(topsOf([]), { top: 0, height: 600 })).toEqual({ start: 0, end: 0 });
  });

  it('may differ in height', () => {
    const tops = topsOf([28, 44, 108, 44]);
    expect(tops).toEqual([0, 28, 72, 180, 224]);
    expect([0, 27, 28, 179, 180, 9999].map(y => rowAt(tops, y))).toEqual([0, 0, 1, 2, 3, 3]);
  });

  it('are scrolled to no further than needed', () => {
    const view = { top: 1000, height: 440 };
    expect(scrolledTo(thousand, 25, view)).toBe(1000);
    expect(scrolledTo(thousand, 5, view)).toBe(220);
    expect(scrolledTo(thousand, 40, view)).toBe(41 * 44 - 440);
  });
});
