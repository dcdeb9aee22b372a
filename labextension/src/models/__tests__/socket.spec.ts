import { ServerConnection } from '@jupyterlab/services';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Event } from '../../api/schema';
import { EventSocket } from '../socket';

/** Stands for the browser's WebSocket: the test is the server. */
class FakeSocket {
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    return FakeSocket.all.at(-1) as FakeSocket;
  }

  readyState = 0;
  sent: unknown[] = [];
  onopen = () => {};
  onclose = () => {};
  onmessage: (message: { data: string }) => void = () => {};

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen();
  }

  drop(): void {
    this.readyState = 3;
    this.onclose();
  }

  event(seq: number, stream = 'S'): void {
    this.onmessage({ data: JSON.stringify({ kind: 'event', event: { stream, seq, type: 'message.user' } }) });
  }
}

const streams = () => new URL(FakeSocket.last.url).searchParams.get('streams');

function socket(): EventSocket {
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://x/',
    wsUrl: 'ws://x/',
    WebSocket: FakeSocket as unknown as typeof WebSocket
  });
  return new EventSocket(settings, 'P');
}

describe('EventSocket', () => {
  beforeEach(() => {
    FakeSocket.all = [];
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('opens one connection for all streams, each from its cursor', () => {
    const one = socket();
    one.follow('S', 7, {});
    one.follow('T', 0, {});
    FakeSocket.last.open();
    expect(FakeSocket.all).toHaveLength(1);
    expect(streams()).toBe('S:7');
    expect(FakeSocket.last.sent).toEqual([{ subscribe: 'T', after: 0 }]);
  });

  it('comes back after 1, 2, 4, 8, 15 s and goes on behind the last event', () => {
    const one = socket();
    const seen: number[] = [];
    one.follow('S', 0, { event: (event: Event) => seen.push(event.seq) });
    FakeSocket.last.open();
    FakeSocket.last.event(1);
    FakeSocket.last.event(2);
    for (const seconds of [1, 2, 4, 8, 15, 15]) {
      FakeSocket.last.drop();
      expect(one.state).toBe('waiting');
      const before = FakeSocket.all.length;
      vi.advanceTimersByTime(seconds * 1000 - 1);
      expect(FakeSocket.all).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(FakeSocket.all).toHaveLength(before + 1);
    }
    expect(streams()).toBe('S:2');
    FakeSocket.last.open();
    FakeSocket.last.event(2);
    FakeSocket.last.event(3);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('asks again when an event is missing', () => {
    const one = socket();
    const seen: number[] = [];
    one.follow('S', 0, { event: (event: Event) => seen.push(event.seq) });
    FakeSocket.last.open();
    FakeSocket.last.event(2);
    expect(FakeSocket.last.sent).toEqual([{ subscribe: 'S', after: 0 }]);
    FakeSocket.last.event(1);
    FakeSocket.last.event(2);
    expect(seen).toEqual([1, 2]);
  });

  it('gives two followers of a stream each what they lack', () => {
    const one = socket();
    const early: number[] = [];
    const late: number[] = [];
    one.follow('S', 0, { event: (event: Event) => early.push(event.seq) });
    FakeSocket.last.open();
    FakeSocket.last.event(1);
    one.follow('S', 1, { event: (event: Event) => late.push(event.seq) });
    FakeSocket.last.event(2);
    expect([early, late]).toEqual([[1, 2], [2]]);
  });

  it('closes when nobody follows any more', () => {
    const one = socket();
    const follower = one.follow('S', 0, {});
    FakeSocket.last.open();
    follower.dispose();
    expect(one.state).toBe('idle');
    expect(FakeSocket.last.readyState).toBe(3);
  });
});
