import { describe, expect, it } from 'vitest';

import { countOf, gapAt, HEADING, rangeOf, ROW, scrolledTo, topOf } from '../rows';

const thousand = { sessions: 1000, heading: false, archived: 0 };
const both = { sessions: 3, heading: true, archived: 2 };

describe('rows', () => {
  it('draws a few of a thousand, wherever one looks, and all that is in view', () => {
    for (const top of [0, 123, 20_000, 1000 * ROW - 600]) {
      const { start, end } = rangeOf(thousand, { top, height: 600 });
      expect(end - start).toBeLessThan(30);
      expect(topOf(thousand, start)).toBeLessThanOrEqual(top);
      expect(topOf(thousand, end)).toBeGreaterThanOrEqual(Math.min(top + 600, 1000 * ROW));
    }
    expect(rangeOf(thousand, { top: 100_000, height: 600 })).toEqual({ start: 1000, end: 1000 });
    expect(rangeOf({ sessions: 0, heading: false, archived: 0 }, { top: 0, height: 600 }).end).toBe(0);
  });

  it('places the heading behind the sessions and what is archived below it', () => {
    expect(countOf(both)).toBe(6);
    expect([0, 3, 4, 5, 6].map(index => topOf(both, index))).toEqual([
      0,
      3 * ROW,
      3 * ROW + HEADING,
      4 * ROW + HEADING,
      5 * ROW + HEADING
    ]);
  });

  it('scrolls no further than needed', () => {
    const view = { top: 1000, height: 440 };
    expect(scrolledTo(thousand, 25, view)).toBe(1000);
    expect(scrolledTo(thousand, 5, view)).toBe(5 * ROW);
    expect(scrolledTo(thousand, 40, view)).toBe(41 * ROW - 440);
  });

  it('has a gap before the first and behind the last session, and none among the archived', () => {
    expect(gapAt(both, -50)).toBe(0);
    expect(gapAt(both, ROW * 0.6)).toBe(1);
    expect(gapAt(both, 10_000)).toBe(3);
  });
});
