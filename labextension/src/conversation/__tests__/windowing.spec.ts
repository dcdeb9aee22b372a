import { describe, expect, it } from 'vitest';

import { Heights } from '../windowing';

const keys = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `e${from + index}`);

describe('Heights', () => {
  it('shows the same few entries of ten as of ten thousand', () => {
    const heights = new Heights();
    heights.layout(keys(10_000));
    const { start, end } = heights.range(320_000, 600, 600);
    expect(end - start).toBeLessThan(40);
    expect(heights.top(start)).toBeLessThanOrEqual(320_000 - 600);
    expect(heights.top(end)).toBeGreaterThanOrEqual(320_000 + 1200);
  });

  it('places entries by what was measured, and guesses the rest', () => {
    const heights = new Heights();
    heights.layout(keys(3));
    const guessed = heights.total;
    expect(heights.measured('e0', 100)).toBe(true);
    expect(heights.measured('e0', 100.2)).toBe(false);
    expect(heights.top(1)).toBe(100);
    expect(heights.total).toBe(guessed - guessed / 3 + 100);
    expect(heights.at(99)).toBe(0);
    expect(heights.at(100)).toBe(1);
  });

  it('holds the entry at the upper edge when others come before it', () => {
    const heights = new Heights();
    heights.layout(keys(5, 100));
    keys(5, 100).forEach(key => heights.measured(key, 50));
    const anchor = heights.anchorAt(120);
    expect(anchor).toEqual({ key: 'e102', offset: 20 });
    heights.layout([...keys(3), ...keys(5, 100)]);
    keys(3).forEach(key => heights.measured(key, 30));
    expect(anchor && heights.topOf(anchor)).toBe(90 + 120);
  });

  it('has no place for an anchor whose entry is gone, and no range when it is empty', () => {
    const heights = new Heights();
    expect(heights.topOf({ key: 'x', offset: 0 })).toBeNull();
    expect(heights.range(0, 600, 600)).toEqual({ start: 0, end: 0 });
    expect(heights.anchorAt(0)).toBeNull();
  });
});
