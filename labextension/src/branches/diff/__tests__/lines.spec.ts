import { describe, expect, it } from 'vitest';

import { countLines, diffLines, type ILine, sideBySide } from '../lines';
import { markWords } from '../words';

const shown = (lines: readonly ILine[]) =>
  lines.map(({ sign, before, after, text }) => `${before ?? '.'} ${after ?? '.'} ${sign} ${text}`);

const marked = (line: ILine | undefined) => line?.marks.map(({ from, to }) => line.text.slice(from, to));

describe('diffLines', () => {
  it('numbers the lines of both sides, and marks the words that differ', () => {
    const lines = diffLines(
      'cv = KFold()\nbaseline = Regression(C=1.0)\nscore(',
      'cv = KFold()\nbaseline = Regression(C=0.5)\nscore('
    );
    expect(shown(lines)).toEqual([
      '1 1   cv = KFold()',
      '2 . − baseline = Regression(C=1.0)',
      '. 2 + baseline = Regression(C=0.5)',
      '3 3   score('
    ]);
    expect(marked(lines[1])).toEqual(['1.0']);
    expect(marked(lines[2])).toEqual(['0.5']);
  });

  it('shows all lines of a cell that came, or went', () => {
    expect(shown(diffLines(null, 'a\nb'))).toEqual(['. 1 + a', '. 2 + b']);
    expect(shown(diffLines('a\nb', null))).toEqual(['1 . − a', '2 . − b']);
  });

  it('finds no line where both are empty, and no change where both are equal', () => {
    expect(diffLines('', '')).toEqual([]);
    expect(countLines(diffLines('a\nb', 'a\nb'))).toEqual({ added: 0, removed: 0 });
  });

  it('keeps what stands between two changes', () => {
    const lines = diffLines('a\nb\nc\nd\ne', 'A\nb\nc\nd\nE');
    expect(shown(lines)).toEqual([
      '1 . − a',
      '. 1 + A',
      '2 2   b',
      '3 3   c',
      '4 4   d',
      '5 . − e',
      '. 5 + E'
    ]);
  });

  it('takes all between equal ends as changed where two huge cells have too little in common', () => {
    const cell = (name: string) => Array.from({ length: 20_000 }, (_, index) => `${name} ${index}`);
    const lines = diffLines(
      ['same', ...cell('old'), 'end'].join('\n'),
      ['same', ...cell('new'), 'end'].join('\n')
    );
    expect(countLines(lines)).toEqual({ added: 20_000, removed: 20_000 });
    expect(lines.at(0)?.sign).toBe(' ');
    expect(lines.at(-1)).toMatchObject({ sign: ' ', before: 20_002, after: 20_002 });
  });

  it('puts both texts together again, whatever was changed', () => {
    const before = 'import os\n\nfor x in y:\n    print(x)\n    go(x)\n';
    const after = 'import os, sys\nfor x in y:\n    go(x)\n    stop()\n\n';
    const lines = diffLines(before, after);
    expect(
      lines
        .filter(line => line.before !== null)
        .map(line => line.text)
        .join('\n')
    ).toBe(before);
    expect(
      lines
        .filter(line => line.after !== null)
        .map(line => line.text)
        .join('\n')
    ).toBe(after);
  });
});

describe('markWords', () => {
  it('marks whole words, also of other scripts', () => {
    const before = 'größe = 10';
    const after = 'größe = 12';
    const marks = markWords(before, after);
    expect(marks.before.map(({ from, to }) => before.slice(from, to))).toEqual(['10']);
    expect(marks.after.map(({ from, to }) => after.slice(from, to))).toEqual(['12']);
  });

  it('does not look for words in lines of data that were all made anew', () => {
    const data = (seed: number) =>
      Array.from({ length: 200 }, (_, row) =>
        Array.from({ length: 240 }, (_, place) => (row * 7919 + place * 104_729 * seed) % 997).join(',')
      ).join('\n');
    const began = performance.now();
    expect(diffLines(data(3), data(5)).every(line => line.marks.length === 0)).toBe(true);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('marks nothing in lines that have little in common', () => {
    expect(markWords('import pandas as pd', 'raise ValueError("x")')).toEqual({ before: [], after: [] });
  });

  it('leaves lines alone that are too long to compare', () => {
    expect(markWords('x'.repeat(2000), `${'x'.repeat(1999)}y`)).toEqual({ before: [], after: [] });
  });
});

describe('sideBySide', () => {
  it('puts what replaces a line beside it, and leaves a gap where nothing does', () => {
    const pairs = sideBySide(diffLines('a\nb\nc', 'a\nB\nnew\nc'));
    expect(pairs.map(({ before, after }) => [before?.text ?? null, after?.text ?? null])).toEqual([
      ['a', 'a'],
      ['b', 'B'],
      [null, 'new'],
      ['c', 'c']
    ]);
  });
});
