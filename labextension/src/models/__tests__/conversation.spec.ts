import { ServerConnection } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { describe, expect, it, vi } from 'vitest';

import type { Event } from '../../api/schema';
import { ConversationModel } from '../conversation';
import { PlaceKeeper } from '../place';
import type { SessionsModel } from '../sessions';
import type { IFollower } from '../socket';
import { Story } from './events';

/** A server with three messages that wait; it answers to orders when it is told to. */
class Server {
  readonly story = new Story().queued('a', 'a').queued('b', 'b').queued('c', 'c');
  readonly answers: ((status: number) => void)[] = [];
  follower: IFollower = {};

  readonly settings = ServerConnection.makeSettings({
    baseUrl: 'http://x/',
    fetch: (asked: RequestInfo | URL) => this._answer(asked as Request)
  });

  readonly sessions = {
    project: 'p',
    changed: new Signal<object, void>(this),
    ensure: () => Promise.resolve(),
    socket: {
      follow: (_stream: string, _after: number, follower: IFollower) => {
        this.follower = follower;
        return { isDisposed: false, dispose: () => undefined };
      }
    }
  } as unknown as SessionsModel;

  /** Tell an event that has come of something. */
  tell(story: Story): void {
    this.follower.event?.(story.events.at(-1) as Event);
  }

  ordered(...ids: string[]): void {
    this.tell(this.story.add('queue.ordered', { ids }));
  }

  private async _answer({ method, url }: Request): Promise<Response> {
    if (method === 'PUT') {
      const status = await new Promise<number>(resolve => this.answers.push(resolve));
      return new Response('{"items": []}', { status });
    }
    const { events } = this.story;
    return Response.json(url.includes('/events') ? { items: events } : { id: 's', last_seq: events.length });
  }
}

async function opened(server: Server): Promise<ConversationModel> {
  const model = new ConversationModel(server.settings, server.sessions, 's', new PlaceKeeper(null, 's'));
  await model.load();
  return model;
}

const shown = (model: ConversationModel) => model.queue.map(each => each.runId).join('');

describe('ConversationModel', () => {
  it('shows the order that was wanted last, whatever is told of an earlier one', async () => {
    const server = new Server();
    const model = await opened(server);
    const first = model.order(['a', 'c', 'b']);
    const second = model.order(['c', 'a', 'b']);
    await vi.waitFor(() => expect(server.answers).toHaveLength(1));
    server.ordered('a', 'c', 'b');
    expect(shown(model)).toBe('cab');
    server.answers[0]?.(200);
    await first;
    expect(shown(model)).toBe('cab');
    await vi.waitFor(() => expect(server.answers).toHaveLength(2));
    server.answers[1]?.(200);
    await second;
    server.ordered('c', 'a', 'b');
    server.ordered('b', 'c', 'a');
    expect(shown(model)).toBe('bca');
  });

  it('goes back to what is saved when an order fails, and keeps what came meanwhile', async () => {
    const server = new Server();
    const model = await opened(server);
    const first = model.order(['a', 'c', 'b']);
    const second = model.order(['c', 'a', 'b']);
    await vi.waitFor(() => expect(server.answers).toHaveLength(1));
    server.tell(server.story.queued('d', 'd'));
    server.answers[0]?.(409);
    await expect(first).rejects.toThrow();
    expect(shown(model)).toBe('cabd');
    await vi.waitFor(() => expect(server.answers).toHaveLength(2));
    server.answers[1]?.(409);
    await expect(second).rejects.toThrow();
    expect(shown(model)).toBe('abcd');
  });
});
