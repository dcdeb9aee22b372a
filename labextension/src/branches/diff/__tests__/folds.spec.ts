import { describe, expect, it } from 'vitest';

import { STEP, stretches } from '../folds';

const rows = (text: string) => Array.from(text, each => each === '+');
const said = (text: string, opened: [number, number][] = []) =>
  stretches(rows(text), new Map(opened)).map(
    each => `${each.folded ? 'fold' : 'rows'} ${each.from}-${each.to}`
  );

describe('stretches', () => {
  it('folds what is far from a change, and keeps three lines around it', () => {
    expect(said('..........++..........')).toEqual(['fold 0-7', 'rows 7-15', 'fold 15-22']);
  });

  it('folds nothing where a fold would hide less than three lines', () => {
    expect(said('.....+')).toEqual(['rows 0-6']);
  });

  it('folds the rest of a long cell that is new', () => {
    expect(said('+'.repeat(15))).toEqual(['rows 0-10', 'fold 10-15']);
  });

  it('unfolds a part of a huge cell, and keeps the rest folded', () => {
    expect(said('+'.repeat(20_000), [[10, STEP]])).toEqual(['rows 0-10', 'rows 10-210', 'fold 210-20000']);
  });

  it('covers every row once', () => {
    const found = stretches(rows('....++++++++++++++++....+.............++'), new Map([[14, 1]]));
    expect(found.map(each => each.from)).toEqual([0, ...found.slice(0, -1).map(each => each.to)]);
    expect(found.at(-1)?.to).toBe(40);
  });
});
