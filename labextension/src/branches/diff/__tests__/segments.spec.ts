import { describe, expect, it } from 'vitest';

import { byLine, LINE, segments } from '../segments';

describe('segments', () => {
  it('cuts a line where its colour changes, and where it differs', () => {
    const line = 'x = 1.0';
    const { shown } = segments(line, [{ from: 4, to: 7, className: 'tok-number' }], [{ from: 6, to: 7 }]);
    expect(shown).toEqual([
      { text: 'x = ', className: '', marked: false },
      { text: '1.', className: 'tok-number', marked: false },
      { text: '0', className: 'tok-number', marked: true }
    ]);
  });

  it('says how much of an endless line is left out', () => {
    const { shown, rest } = segments('x'.repeat(LINE + 500), [], []);
    expect(shown.map(each => each.text).join('')).toHaveLength(LINE);
    expect(rest).toBe(500);
  });
});

describe('byLine', () => {
  it('carries a token over the lines that it spans', () => {
    const text = 'a = """one\ntwo"""\nb';
    expect(byLine(text, [{ from: 4, to: 17, className: 'tok-string' }])).toEqual([
      [{ from: 4, to: 10, className: 'tok-string' }],
      [{ from: 0, to: 6, className: 'tok-string' }],
      []
    ]);
  });
});
