import { describe, expect, it } from 'vitest';

import { version } from '../../history/__tests__/make';
import { extended, type IVersionPages, patched, refreshed } from '../versionPages';

const versions = (...ids: number[]) => ids.map(id => version(id));
const pages = (next: string | null, ...ids: number[]): IVersionPages => ({
  versions: versions(...ids),
  next
});
const idsOf = ({ versions: all }: IVersionPages) => all.map(each => each.id);

describe('pages of versions', () => {
  it('grow at their end, and not twice by the same version', () => {
    const grown = extended(pages('7', 9, 8, 7), { items: versions(7, 6, 5), next: '5' });
    expect(idsOf(grown)).toEqual([9, 8, 7, 6, 5]);
    expect(grown.next).toBe('5');
  });

  it('take the newest page in and keep what lies below it', () => {
    const again = refreshed(pages('5', 9, 8, 7, 6, 5), { items: versions(10, 9, 8), next: '8' });
    expect(idsOf(again)).toEqual([10, 9, 8, 7, 6, 5]);
    expect(again.next).toBe('5');
  });

  it('drop a save that a later one has taken the place of', () => {
    const again = refreshed(pages('5', 9, 8, 7, 6, 5), { items: versions(10, 8, 7), next: '7' });
    expect(idsOf(again)).toEqual([10, 8, 7, 6, 5]);
  });

  it('begin anew when versions between are not known', () => {
    const again = refreshed(pages('5', 9, 8, 7, 6, 5), { items: versions(30, 29, 28), next: '28' });
    expect(idsOf(again)).toEqual([30, 29, 28]);
    expect(again.next).toBe('28');
  });

  it('are all there when the newest page is the only one', () => {
    const again = refreshed(pages(null), { items: versions(2, 1), next: null });
    expect([idsOf(again), again.next]).toEqual([[2, 1], null]);
  });

  it('change one version in its place', () => {
    const named = patched(pages(null, 3, 2, 1), 2, { name: 'As sent' });
    expect(named.versions.map(each => each.name)).toEqual([null, 'As sent', null]);
  });
});
