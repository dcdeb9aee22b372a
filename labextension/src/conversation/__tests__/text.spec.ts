import { describe, expect, it } from 'vitest';

import { blocksOf } from '../blocks';
import { partsOf } from '../entries/parts';
import { cut } from '../output';
import { quieted } from '../safe';

describe('blocksOf', () => {
  it('cuts at blank lines, but not inside of code and lists', () => {
    const text = 'One\n\nTwo\n\n```py\na\n\nb\n```\n\n- x\n\n- y\n\nEnd';
    const blocks = blocksOf(text);
    expect(blocks.join('\n')).toBe(text);
    expect(blocks).toHaveLength(4);
    expect(blocks[2]).toContain('a\n\nb');
  });
});

describe('cut', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, line) => `line ${line}`).join('\n');

  it('leaves short text whole', () => {
    expect(cut('a\nb\n', 12)).toEqual({ shown: 'a\nb\n', rest: 0 });
  });

  it('shows twelve lines and counts the rest', () => {
    const { shown, rest } = cut(lines(30), 12);
    expect(shown.split('\n')).toHaveLength(12);
    expect(rest).toBe(18);
  });

  it('shows two kilobytes of one long line', () => {
    const { shown, rest } = cut('x'.repeat(10_000), 12);
    expect(shown).toHaveLength(2048);
    expect(rest).toBe(1);
  });
});

describe('quieted', () => {
  it.each([
    ['<img src="https://evil.example/a.png" alt="plot">', '<a href="https://evil.example/a.png"'],
    ['<p style="background: url(https://evil.example)">x</p>', '<p>x</p>'],
    ['<video src="https://evil.example" poster="https://evil.example"></video>', '<video></video>'],
    [
      '<img src="data:image/png;base64,AA==" srcset="https://evil.example 2x">',
      'src="data:image/png;base64,AA=="'
    ],
    [
      '<a href="https://example.org" ping="https://evil.example">x</a>',
      '<a href="https://example.org">x</a>'
    ],
    ['<svg><use href="https://evil.example#a"></use></svg>', '<use></use>']
  ])('loads nothing from elsewhere: %s', (html, wanted) => {
    const quiet = quieted(html);
    expect(quiet).toContain(wanted);
    expect(quiet).not.toMatch(/(src|srcset|poster|ping)="https/);
  });
});

describe('partsOf', () => {
  it('tells code from words', () => {
    expect(partsOf('Draw\n```python\nplot()\n```\nplease')).toEqual([
      { code: false, text: 'Draw' },
      { code: true, text: 'plot()' },
      { code: false, text: 'please' }
    ]);
  });
});
