import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Kept } from '../kept';

describe('what is kept of a page', () => {
  beforeEach(() => window.sessionStorage.clear());

  it('is there again after a reload, where it has a place', () => {
    new Kept('here').set('cell chosen', { text: 'mine' });
    expect(new Kept('here').get('cell chosen')).toEqual({ text: 'mine' });
    expect(new Kept('elsewhere').has('cell chosen')).toBe(false);
    new Kept().set('cell chosen', 1);
    expect(new Kept().has('cell chosen')).toBe(false);
  });

  it('is gone when it was forgotten, and nothing breaks over what it cannot read', () => {
    const kept = new Kept('here');
    kept.set('a', 1);
    kept.forget();
    expect(new Kept('here').has('a')).toBe(false);
    for (const text of ['{', 'null', '7']) {
      window.sessionStorage.setItem('here', text);
      expect(new Kept('here').has('a')).toBe(false);
    }
  });

  it('tells who follows a name', () => {
    const heard = vi.fn();
    const kept = new Kept('here');
    const stop = kept.follow('a', heard);
    kept.set('a', 1);
    stop();
    kept.set('a', 2);
    expect(heard).toHaveBeenCalledTimes(1);
  });
});
