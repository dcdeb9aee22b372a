import { describe, expect, it } from 'vitest';

import { NO_TAIL, spliced, tailAfterEvent, tailAfterLive, tailEntries } from '../tail';
import { Story } from './events';

const delta = (offset: number, text: string) =>
  ({ type: 'message.delta', run_id: 'RUN1', offset, text }) as const;

describe('the tail', () => {
  it('grows by deltas, and starts anew at offset 0', () => {
    let tail = tailAfterLive(NO_TAIL, delta(0, 'Hel'));
    tail = tailAfterLive(tail, delta(3, 'lo'));
    expect(tail.message?.text).toBe('Hello');
    tail = tailAfterLive(tail, delta(0, 'Hello, and'));
    expect(tail.message?.text).toBe('Hello, and');
  });

  it('leaves out a delta with a gap before it', () => {
    expect(spliced('abc', 5, 'x')).toBe('abc');
    expect(spliced('abc', 1, 'x')).toBe('ax');
  });

  it('hands its key to the event, so that the text stays where it is shown', () => {
    const tail = tailAfterLive(NO_TAIL, delta(0, 'Hi'));
    const [shown] = tailEntries(tail, 1);
    const [event] = new Story().add('message.agent', { text: 'Hi', model: null }).events;
    const after = event && tailAfterEvent(tail, event);
    expect(after?.key).toBe(shown?.key);
    expect(after && tailEntries(after.tail, 2)).toEqual([]);
  });
});
