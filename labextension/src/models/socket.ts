import type { ServerConnection } from '@jupyterlab/services';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';

import { query, socketUrl } from '../api/request';
import type { Attend, Event, Frame, Saved, Subscribe, Unsubscribe } from '../api/schema';
import type { Live } from '../api/unions';
import { Observable } from './observable';

/** Milliseconds to wait before the next try: 1, 2, 4, 8, 15 s. */
export function retryDelay(tries: number): number {
  return Math.min(15, 2 ** tries) * 1000;
}

/** Who follows a stream. */
export interface IFollower {
  event?(event: Event): void;
  live?(live: Live): void;
  /** The replay is done: also after each reconnection. */
  ready?(seq: number): void;
  gone?(): void;
  /** The server refused the subscription. */
  refused?(message: string): void;
}

interface ISubscription extends IFollower {
  stream: string;
  cursor: number;
}

type ClientMessage = Subscribe | Unsubscribe | Saved | Attend;

/** The one WebSocket of a project in this browser tab; comes back by itself and goes on from the cursors. */
export class EventSocket extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    readonly project: string
  ) {
    super();
  }

  /** `waiting`: the server did not answer; the next try is at `nextTry`. */
  get state(): 'idle' | 'connecting' | 'open' | 'waiting' {
    return this._state;
  }

  /** Time of the next try in milliseconds, while waiting. */
  get nextTry(): number | null {
    return this._nextTry;
  }

  /** Follow a stream from the event after `after` on, until disposed. */
  follow(stream: string, after: number, follower: IFollower): IDisposable {
    const subscription: ISubscription = { ...bound(follower), stream, cursor: after };
    this._subscriptions.add(subscription);
    if (this._state === 'idle') {
      this._connect();
    } else {
      this._send({ subscribe: stream, after: this._lowest(stream) });
    }
    return new DisposableDelegate(() => this._unfollow(subscription));
  }

  /** Tell the server something, when it can be told. */
  send(message: Saved | Attend): void {
    this._send(message);
  }

  /** Try at once instead of waiting. */
  retry(): void {
    if (this._state === 'waiting') {
      this._connect();
    }
  }

  override dispose(): void {
    this._subscriptions.clear();
    this._close();
    super.dispose();
  }

  private _connect(): void {
    window.clearTimeout(this._timer);
    this._nextTry = null;
    const streams = [...new Set([...this._subscriptions].map(each => each.stream))];
    const cursors = streams.map(stream => `${stream}:${this._lowest(stream)}`).join(',');
    const address = `events${query({ project: this.project, streams: cursors || undefined })}`;
    const socket = new this._settings.WebSocket(socketUrl(this._settings, address));
    this._socket = socket;
    this._sent = new Set(streams);
    socket.onopen = () => this._opened();
    socket.onmessage = message => this._received(JSON.parse(String(message.data)) as Frame);
    socket.onclose = () => this._closed(socket);
    this._set('connecting');
  }

  private _opened(): void {
    this._tries = 0;
    this._set('open');
    for (const { stream } of this._subscriptions) {
      if (!this._sent.has(stream)) {
        this._sent.add(stream);
        this._send({ subscribe: stream, after: this._lowest(stream) });
      }
    }
  }

  private _closed(socket: WebSocket): void {
    if (socket !== this._socket) {
      return;
    }
    this._socket = null;
    if (this._subscriptions.size === 0) {
      this._set('idle');
      return;
    }
    const delay = retryDelay(this._tries);
    this._tries += 1;
    this._nextTry = Date.now() + delay;
    this._timer = window.setTimeout(() => this._connect(), delay);
    this._set('waiting');
  }

  private _received(frame: Frame): void {
    switch (frame.kind) {
      case 'event':
        this._event(frame.event);
        break;
      case 'live':
        this._each(frame.stream, each => each.live?.(frame.live));
        break;
      case 'ready':
        this._each(frame.stream, each => each.ready?.(frame.seq));
        break;
      case 'gone':
        this._each(frame.stream, each => each.gone?.());
        break;
      case 'error':
        if (frame.stream) {
          this._each(frame.stream, each => each.refused?.(frame.message));
        } else {
          console.warn('jupyter-sessions:', frame.message);
        }
    }
  }

  private _event(event: Event): void {
    const followers = [...this._subscriptions].filter(each => each.stream === event.stream);
    for (const each of followers.filter(each => event.seq === each.cursor + 1)) {
      each.cursor = event.seq;
      each.event?.(event);
    }
    // After a gap the stream is asked for again, from where it was.
    if (followers.some(each => event.seq > each.cursor)) {
      this._send({ subscribe: event.stream, after: this._lowest(event.stream) });
    }
  }

  private _each(stream: string, call: (subscription: ISubscription) => void): void {
    for (const subscription of [...this._subscriptions]) {
      if (subscription.stream === stream) {
        call(subscription);
      }
    }
  }

  private _lowest(stream: string): number {
    const cursors = [...this._subscriptions].filter(each => each.stream === stream).map(each => each.cursor);
    return cursors.length > 0 ? Math.min(...cursors) : 0;
  }

  private _unfollow(subscription: ISubscription): void {
    if (!this._subscriptions.delete(subscription)) {
      return;
    }
    if (this._subscriptions.size === 0) {
      this._close();
      this._set('idle');
    } else if (![...this._subscriptions].some(each => each.stream === subscription.stream)) {
      this._send({ unsubscribe: subscription.stream });
    }
  }

  private _send(message: ClientMessage): void {
    if (this._socket?.readyState === 1) {
      if ('subscribe' in message) {
        this._sent.add(message.subscribe);
      }
      this._socket.send(JSON.stringify(message));
    }
  }

  private _close(): void {
    window.clearTimeout(this._timer);
    const socket = this._socket;
    this._socket = null;
    socket?.close();
  }

  private _set(state: EventSocket['state']): void {
    this._state = state;
    this.notify();
  }

  private _state: EventSocket['state'] = 'idle';
  private _nextTry: number | null = null;
  private _tries = 0;
  private _timer = 0;
  private _socket: WebSocket | null = null;
  private _sent = new Set<string>();
  private _subscriptions = new Set<ISubscription>();
}

/** The sockets of the projects that are looked at: one, mostly. */
export class EventSockets {
  constructor(private readonly _settings: ServerConnection.ISettings) {
    window.addEventListener('online', () => this._sockets.forEach(socket => socket.retry()));
  }

  of(project: string): EventSocket {
    let socket = this._sockets.get(project);
    if (!socket) {
      socket = new EventSocket(this._settings, project);
      this._sockets.set(project, socket);
    }
    return socket;
  }

  private _sockets = new Map<string, EventSocket>();
}

function bound(follower: IFollower): IFollower {
  return {
    event: event => follower.event?.(event),
    live: live => follower.live?.(live),
    ready: seq => follower.ready?.(seq),
    gone: () => follower.gone?.(),
    refused: message => follower.refused?.(message)
  };
}
