import { describe, expect, it } from 'vitest';

import { marksOf, pieces, snippetOf } from '../found';

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

describe('snippetOf', () => {
  const shown = (snippet: string, ...marks: [number, number][]) =>
    snippetOf({ snippet, marks })
      .map(({ text, marked }) => (marked ? `[${text}]` : text))
      .join('');

  it('begins where the snippet does when its first mark is near', () => {
    expect(shown('Counted the rows', [0, 7], [12, 16])).toBe('[Counted] the [rows]');
    expect(shown('Nothing is marked')).toBe('Nothing is marked');
  });

  it('begins at a word shortly before a mark that is far', () => {
    const text = 'Ran a new cell in agent.ipynb: [1] in 0.05 s. Promoted as key result 1: Counted.';
    expect(shown(text, [72, 79])).toBe('…Promoted as key result 1: [Counted].');
    expect(shown(`${'x'.repeat(60)}rows`, [60, 64])).toBe('…[rows]');
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
