import { describe, expect, it } from 'vitest';

import { BY_NAME, pressed, sorted, type SortKey } from '../rows';
import { variable } from './make';

const ITEMS = [
  variable('b', { size: 10, type: 'str' }),
  variable('A', { size: 10, type: 'list' }),
  variable('frame', { size: null, type: 'polars.LazyFrame' }),
  variable('c', { size: 2000, type: 'numpy.ndarray' })
];
const names = (key: SortKey, down: boolean, filter = '') =>
  sorted(ITEMS, { key, down }, filter).map(each => each.name);

describe('the order of variables', () => {
  it('goes by name, type or size, and those of equal type or size by name', () => {
    expect(names('name', false)).toEqual(['A', 'b', 'c', 'frame']);
    expect(names('type', true)).toEqual(['b', 'frame', 'c', 'A']);
    expect(names('size', true)).toEqual(['c', 'A', 'b', 'frame']);
  });

  it('has what nobody knows the size of at the end, whichever way', () => {
    expect(names('size', false)).toEqual(['A', 'b', 'c', 'frame']);
  });

  it('finds a part of the name or the type, however it is written', () => {
    expect(names('name', false, ' FRAME')).toEqual(['frame']);
    expect(names('name', false, 'numpy')).toEqual(['c']);
    expect(names('name', false, 'x')).toEqual([]);
  });

  it('begins with the largest, and turns when it is pressed again', () => {
    const bySize = pressed(BY_NAME, 'size');
    expect(bySize).toEqual({ key: 'size', down: true });
    expect(pressed(bySize, 'size')).toEqual({ key: 'size', down: false });
    expect(pressed(bySize, 'name')).toEqual(BY_NAME);
  });
});
