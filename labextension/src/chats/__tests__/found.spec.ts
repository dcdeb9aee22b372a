import { describe, expect, it } from 'vitest';

import { marksOf, pieces } from '../found';

describe('pieces', () => {
  it('cuts a text at its marks', () => {
    expect(
      pieces('smoke and mirrors', [
        [10, 17],
        [0, 5]
      ])
    ).toEqual([
      { text: 'smoke', marked: true },
      { text: ' and ', marked: false },
      { text: 'mirrors', marked: true }
    ]);
  });

  it('loses nothing of a text whose marks overlap or lie outside', () => {
    const odd: [number, number][][] = [
      [
        [2, 5],
        [3, 9]
      ],
      [[90, 99]],
      [[4, 2]],
      []
    ];
    for (const marks of odd) {
      const joined = pieces('a text', marks)
        .map(each => each.text)
        .join('');
      expect(joined).toBe('a text');
    }
  });
});

describe('marksOf', () => {
  it('finds all words in any order, whatever their case', () => {
    expect(marksOf('Threshold and cost', 'COST thresh')).toEqual([
      [14, 18],
      [0, 6]
    ]);
    expect(marksOf('Threshold and cost', 'cost of')).toBeNull();
  });

  it('marks nothing where lower case has another length', () => {
    expect(marksOf('İstanbul', 'stan')).toEqual([]);
    expect(marksOf('İstanbul', 'ankara')).toBeNull();
  });
});
