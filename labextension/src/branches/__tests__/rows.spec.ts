import { describe, expect, it } from 'vitest';

import type { Branch } from '../../api/schema';
import { actionRows, branchRows, freeName, named, steppedTo } from '../rows';

const branch = (name: string) => ({ id: `id-${name}`, name, status: 'active' }) as Branch;
const options = (...names: string[]) => names.map(name => ({ branch: branch(name) }));
const keys = (rows: ReturnType<typeof branchRows>) => rows.map(row => row.key);

describe('the rows of the list', () => {
  const groups = [
    { label: 'Changed this notebook', options: options('main', 'drop-tenure') },
    { label: 'Other branches', options: options('try-boosting', 'Boost') }
  ];

  it('stand below the heading of their group', () => {
    expect(keys(branchRows(groups, ''))).toEqual([
      'heading-Changed this notebook',
      'id-main',
      'id-drop-tenure',
      'heading-Other branches',
      'id-try-boosting',
      'id-Boost'
    ]);
  });

  it('are those with the text in their name, those that begin with it first', () => {
    expect(keys(branchRows(groups, ' BOOST'))).toEqual([
      'heading-Other branches',
      'id-Boost',
      'id-try-boosting'
    ]);
    expect(branchRows(groups, 'nothing')).toEqual([]);
  });

  it('have no heading when there is one group', () => {
    expect(keys(branchRows(groups.slice(0, 1), ''))).toEqual(['id-main', 'id-drop-tenure']);
  });

  it('are walked without stopping at headings', () => {
    const rows = [...branchRows(groups, ''), ...actionRows([{ label: 'New', execute: () => undefined }])];
    expect(steppedTo(rows, 2, 1)).toBe(4);
    expect(steppedTo(rows, 4, -1)).toBe(2);
    expect(steppedTo(rows, 1, -1)).toBe(1);
    expect(steppedTo(rows, 6, 1)).toBe(6);
    expect(steppedTo(rows, 1, 99)).toBe(6);
  });
});

describe('a name', () => {
  const branches = [branch('main'), branch('Try Boosting'), branch('fork-2')];

  it('is taken however it is written', () => {
    expect(named(branches, ' try boosting ')?.id).toBe('id-Try Boosting');
    expect(named(branches, 'try')).toBeUndefined();
  });

  it('that is free has a number behind it', () => {
    expect(freeName(branches, 'main')).toBe('main-2');
    expect(freeName(branches, 'fork-2')).toBe('fork-3');
  });
});
