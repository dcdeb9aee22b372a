import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import type { Mentions } from '../complete/mentions';
import { localAct, optionsFor } from '../complete/options';
import { tokenAt } from '../complete/token';

const trans = nullTranslator.load('jupyter_sessions');
const mentions = {
  cells: () =>
    ['load', 'plot', 'fit', 'score', 'save', 'end'].map((id, index) => ({
      id,
      notebook: 'work/model.ipynb',
      prompt: `model.ipynb [${index + 1}]`,
      source: `${id}()`
    })),
  files: () => Promise.resolve(['work/model.ipynb', 'data/score.csv'])
} as unknown as Mentions;

const suggested = async (text: string, offline = true) => {
  const token = tokenAt(text, text.length);
  return token ? (await optionsFor(trans, token, offline, mentions)).map(each => each.insert) : [];
};

describe('tokenAt', () => {
  it.each([
    ['/re', 'command', 're', 0],
    ['first\n/re', 'command', 're', 6],
    ['see @da', 'mention', 'da', 4],
    ['@', 'mention', '', 0]
  ])('finds what is typed at the caret: %j', (text, kind, word, start) => {
    expect(tokenAt(text, text.length)).toMatchObject({ kind, word, start, end: text.length });
  });

  it.each(['a /re', 'mail@example', '/read x', '```python\n@cache', 'see @a '])('finds nothing: %j', text => {
    expect(tokenAt(text, text.length)).toBeNull();
  });

  it('goes on behind code that is closed', () => {
    expect(tokenAt('```\nx\n```\n@m', 12)).toMatchObject({ word: 'm' });
  });
});

describe('optionsFor', () => {
  it('leaves room for files beside the cells', async () => {
    const all = await suggested('@');
    expect(all.filter(each => each.includes('#'))).toHaveLength(4);
    expect(all).toContain('data/score.csv ');
  });

  it('has names before what a cell holds', async () => {
    expect(await suggested('see @score')).toEqual(['data/score.csv ', 'work/model.ipynb#score ']);
  });

  it('gives a command the id of a cell alone', async () => {
    expect(await suggested('/run @fit')).toEqual(['fit ']);
  });

  it('offers commands of the offline agent to the offline agent alone', async () => {
    expect(await suggested('/li')).toEqual(['/list ']);
    expect(await suggested('/li', false)).toEqual([]);
  });
});

describe('localAct', () => {
  it('is a whole message and nothing else', () => {
    expect(localAct(' /usage\n')).toBe('usage');
    expect(localAct('/usage now')).toBeNull();
    expect(localAct('/list')).toBeNull();
  });
});
