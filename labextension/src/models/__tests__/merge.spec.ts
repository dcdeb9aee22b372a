import { ServerConnection } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { describe, expect, it, vi } from 'vitest';

import type { MergePreview } from '../../api/schema';
import { MergeModel } from '../merge';
import type { SessionsModel } from '../sessions';
import { HeldServer } from './held';

/** The project's stream, as far as a merge follows it. */
class Stream {
  readonly project = 'P';
  readonly live = new Signal<this, unknown>(this);
  readonly happened = new Signal<this, unknown>(this);
  readonly followed = new Signal<this, void>(this);
  ensure(): Promise<void> {
    return Promise.resolve();
  }
}

function preview(token: string): MergePreview {
  const merge = { id: 'M', source: 'S', target: 'T', status: 'open' };
  return { merge, token, moved: false, notebooks: [], undecided: 0 } as unknown as MergePreview;
}

describe('MergeModel', () => {
  it('is read again when its stream is followed anew: a branch may have moved unheard', async () => {
    let token = 'first';
    const settings = ServerConnection.makeSettings({
      baseUrl: 'http://x/',
      fetch: vi.fn(() => Promise.resolve(Response.json(preview(token))))
    });
    const stream = new Stream();
    const model = new MergeModel(settings, stream as unknown as SessionsModel, 'M');
    await model.load();
    expect(model.preview?.token).toBe('first');
    token = 'second';
    stream.followed.emit();
    await vi.waitFor(() => expect(model.preview?.token).toBe('second'));
  });

  it('decides about what is shown, also when a branch has moved before it is saved', async () => {
    const places: string[] = [];
    let answers = 0;
    const settings = ServerConnection.makeSettings({
      baseUrl: 'http://x/',
      fetch: vi.fn(async (request: Request) => {
        if (request.method === 'PUT') {
          places.push(((await request.json()) as { place: string }).place);
        }
        answers += 1;
        return Response.json({ ...preview('t'), place: `place ${answers}` });
      })
    });
    const model = new MergeModel(settings, new Stream() as unknown as SessionsModel, 'M');
    await model.load();
    const reading = model.load();
    const first = model.decide([]);
    await Promise.all([reading, first]);
    await model.decide([]);
    expect(places).toEqual(['place 1', 'place 3']);
  });

  it('shows what another window decides while this one saves, and does not read its own again', async () => {
    const server = new HeldServer();
    const stream = new Stream();
    const model = new MergeModel(server.settings, stream as unknown as SessionsModel, 'M');
    void model.load();
    await server.answer('merges/M', preview('read'));
    const moved = { type: 'merge.moved', merge: 'M' };

    void model.decide([]);
    stream.live.emit(moved);
    await server.answer('merges/M', preview('mine'), { method: 'PUT' });
    expect(server.waiting).toEqual([]);

    void model.decide([]);
    stream.live.emit(moved);
    stream.live.emit(moved);
    await server.answer('merges/M', preview('mine'), { method: 'PUT' });
    await server.answer('merges/M', preview('theirs'));
    expect(model.preview?.token).toBe('theirs');
  });
});
