import { Signal } from '@lumino/signaling';
import { beforeEach, expect, it } from 'vitest';

import type { Session } from '../../api/schema';
import type { Live } from '../../api/unions';
import { SessionsModel } from '../sessions';
import type { EventSocket, IFollower } from '../socket';
import { HeldServer, settled } from './held';

const session = (id: string, name = id) =>
  ({
    id,
    name,
    updated_at: '2026-11-18T12:00:00Z',
    archived_at: null,
    dependencies: []
  }) as unknown as Session;
const page = (...items: Session[]) => ({ items, next: null });

class FakeSocket {
  readonly changed = new Signal<this, void>(this);
  state = 'open';
  nextTry = null;
  follower: IFollower | null = null;

  follow(_stream: string, _after: number, follower: IFollower) {
    this.follower = follower;
    follower.ready?.();
    return { dispose: () => undefined, isDisposed: false };
  }

  /** The connection was lost, and is there again. */
  flap(): void {
    this.state = 'waiting';
    this.changed.emit();
    this.state = 'open';
    this.follower?.ready?.();
  }
}

let server: HeldServer;
let socket: FakeSocket;
let model: SessionsModel;

beforeEach(async () => {
  server = new HeldServer();
  socket = new FakeSocket();
  model = new SessionsModel(server.settings, socket as unknown as EventSocket, 'P');
  void model.ensure();
  await server.answer('projects/P', { last_seq: 1 });
  await server.answer('sessions', page(session('A')));
});

it('the list stands although the connection is lost again while it is read', async () => {
  socket.flap();
  await server.answer('projects/P', { last_seq: 1 });
  const first = await server.find('sessions');
  socket.flap();
  await server.answer('P?', { last_seq: 1 });
  await settled();
  const second = server.waiting.find(each => each !== first);
  socket.follower?.live?.({ type: 'session.state', session: session('A', 'Named') } as unknown as Live);
  await first.answer(page(session('A')));
  await second?.answer(page(session('A')));
  expect([model.staleSince, model.items.map(each => each.name)]).toEqual([null, ['Named']]);
});

it('a project that is deleted while its sessions are read is not followed', async () => {
  const other = new FakeSocket();
  const gone = new SessionsModel(server.settings, other as unknown as EventSocket, 'Q');
  void gone.ensure();
  const asked = await server.find('projects/Q');
  gone.dispose();
  await asked.answer({ last_seq: 1 });
  expect(other.follower).toBeNull();
});
