import { describe, expect, it } from 'vitest';

import { actOf, stepped } from '../steps';

const press = (key: string, more: Partial<Parameters<typeof actOf>[0]> = {}) =>
  actOf({ key, ctrlKey: false, metaKey: false, altKey: false, target: document.body, ...more });

describe('stepped', () => {
  it('goes on from the current box and stays at the ends', () => {
    const keys = ['a', 'b', 'c'];
    expect(stepped(keys, null, 1)).toBe('a');
    expect(stepped(keys, 'a', 1)).toBe('b');
    expect(stepped(keys, 'c', 1)).toBe('c');
    expect(stepped(keys, 'a', -1)).toBe('a');
    expect(stepped(keys, 'gone', -1)).toBe('c');
    expect(stepped([], null, 1)).toBeNull();
  });
});

describe('actOf', () => {
  it('knows the keys of a merge', () => {
    expect(['a', 'R', 'n', 'P'].map(key => press(key))).toEqual(['accept', 'reject', 'next', 'previous']);
    expect(press('Enter', { ctrlKey: true })).toBe('approve');
    expect(press('a', { ctrlKey: true })).toBeNull();
    expect(press('Enter')).toBeNull();
  });

  it('leaves letters to whoever writes, but not the approval', () => {
    const box = document.createElement('textarea');
    expect(press('a', { target: box })).toBeNull();
    expect(press('Enter', { target: box, metaKey: true })).toBe('approve');
    const check = document.createElement('input');
    check.type = 'checkbox';
    expect(press('n', { target: check })).toBe('next');
  });
});
