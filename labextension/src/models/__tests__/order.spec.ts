import { describe, expect, it } from 'vitest';

import { dropped, moved, SharedOrder, stepped } from '../order';

const IDS = ['a', 'b', 'c', 'd'];

function order(): SharedOrder {
  const made = new SharedOrder();
  made.reset(IDS);
  return made;
}

function send(shared: SharedOrder, id: string, before: string | null) {
  shared.move({ id, before });
  const move = shared.next();
  if (!move) {
    throw new Error('there is nothing to send');
  }
  return move;
}

describe('a move', () => {
  it('puts one before another, or last', () => {
    expect(moved(IDS, { id: 'd', before: 'b' })).toEqual(['a', 'd', 'b', 'c']);
    expect(moved(IDS, { id: 'a', before: null })).toEqual(['b', 'c', 'd', 'a']);
  });

  it('leaves the list as it is when one of the two is gone, or both are one', () => {
    expect(moved(IDS, { id: 'x', before: 'b' })).toEqual(IDS);
    expect(moved(IDS, { id: 'a', before: 'x' })).toEqual(IDS);
    expect(moved(IDS, { id: 'a', before: 'a' })).toEqual(IDS);
  });

  it('goes a step up or down, and not over the ends', () => {
    expect(moved(IDS, stepped(IDS, 'b', 1) ?? { id: '', before: '' })).toEqual(['a', 'c', 'b', 'd']);
    expect(moved(IDS, stepped(IDS, 'c', 1) ?? { id: '', before: '' })).toEqual(['a', 'b', 'd', 'c']);
    expect(moved(IDS, stepped(IDS, 'b', -1) ?? { id: '', before: '' })).toEqual(['b', 'a', 'c', 'd']);
    expect(stepped(IDS, 'a', -1)).toBeNull();
    expect(stepped(IDS, 'd', 1)).toBeNull();
    expect(stepped(IDS, 'x', 1)).toBeNull();
  });

  it('lands in a gap of the others', () => {
    expect(dropped(IDS, 'b', 1)).toBeNull();
    expect(dropped(IDS, 'b', 0)).toEqual({ id: 'b', before: 'a' });
    expect(dropped(IDS, 'b', 3)).toEqual({ id: 'b', before: null });
  });
});

describe('a shared order', () => {
  it('shows a move at once and goes back when it fails', () => {
    const shared = order();
    const move = send(shared, 'd', 'a');
    expect(shared.ids).toEqual(['d', 'a', 'b', 'c']);
    shared.failed(move);
    expect(shared.ids).toEqual(IDS);
  });

  it('keeps what another window does meanwhile, under the own move', () => {
    const shared = order();
    const move = send(shared, 'd', 'a');
    shared.set(['b', 'a', 'c', 'd']);
    expect(shared.ids).toEqual(['b', 'd', 'a', 'c']);
    shared.set(['b', 'd', 'a', 'c']);
    shared.answered(move, ['b', 'd', 'a', 'c'], true);
    expect(shared.ids).toEqual(['b', 'd', 'a', 'c']);
  });

  it('lets a later move of another window win, whichever way the answer comes', () => {
    const shared = order();
    const move = send(shared, 'd', 'a');
    shared.set(['d', 'a', 'b', 'c']);
    shared.set(['a', 'b', 'c', 'd']);
    shared.answered(move, ['d', 'a', 'b', 'c'], true);
    expect(shared.ids).toEqual(IDS);

    const again = send(shared, 'd', 'a');
    shared.answered(again, ['d', 'a', 'b', 'c'], true);
    expect(shared.ids).toEqual(['d', 'a', 'b', 'c']);
    shared.set(['d', 'a', 'b', 'c']);
    shared.set(['a', 'b', 'c', 'd']);
    expect(shared.ids).toEqual(IDS);
  });

  it('takes the answer for the order when nothing is told', () => {
    const shared = order();
    shared.answered(send(shared, 'd', 'a'), ['d', 'a', 'b', 'c', 'e'], false);
    expect(shared.ids).toEqual(['d', 'a', 'b', 'c', 'e']);
  });

  it('sends steps that come quicker than the server answers as one', () => {
    const shared = order();
    const first = send(shared, 'a', 'c');
    shared.move({ id: 'a', before: 'd' });
    shared.move({ id: 'a', before: null });
    expect(shared.ids).toEqual(['b', 'c', 'd', 'a']);
    shared.answered(first, ['b', 'a', 'c', 'd'], false);
    expect(shared.next()).toMatchObject({ id: 'a', before: null });
    expect(shared.next()).toBeNull();
  });

  it('puts what is not named behind, and knows what is new', () => {
    const shared = order();
    shared.add('e');
    shared.add('e');
    shared.set(['c', 'a', 'b', 'd']);
    expect(shared.ids).toEqual(['c', 'a', 'b', 'd', 'e']);
    shared.remove('a');
    expect(shared.ids).toEqual(['c', 'b', 'd', 'e']);
  });
});
