import { ServerConnection } from '@jupyterlab/services';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Branch, Event } from '../../api/schema';
import { BranchesModel } from '../branches';
import type { EventSocket, IFollower } from '../socket';

const branch = (id: string, folder: string, name = id): Branch =>
  ({ id, name, folder, status: 'active' }) as Branch;

/** Stands for the server: it answers with its branches, and the test sends its events. */
class FakeServer {
  branches = [
    branch('main', ''),
    branch('B1', 'branches/try', 'try'),
    branch('B2', 'branches/try-2', 'try 2')
  ];
  asked: string[] = [];
  follower: IFollower | null = null;

  readonly settings = ServerConnection.makeSettings({
    baseUrl: 'http://x/',
    fetch: async (request: RequestInfo | URL) => {
      const { method, url } = request as Request;
      const path = new URL(url).pathname.replace('/jupyter-sessions/projects/P', '');
      this.asked.push(`${method} ${path}`);
      await Promise.resolve();
      const items = path === '/branches' ? { items: this.branches, next: null } : { last_seq: 4 };
      return new Response(method === 'DELETE' ? null : JSON.stringify(items), {
        status: method === 'DELETE' ? 204 : 200
      });
    }
  });

  readonly socket = {
    follow: (_stream: string, _after: number, follower: IFollower) => {
      this.follower = follower;
      return { dispose: () => undefined, isDisposed: false };
    }
  } as unknown as EventSocket;

  tell(type: string, data: object): void {
    this.follower?.event?.({ type, data } as unknown as Event);
  }
}

let server: FakeServer;

const made = async (root = 'work/churn') => {
  const model = new BranchesModel(server.settings, server.socket, 'P', () => root);
  await model.ensure();
  return model;
};

beforeEach(() => {
  server = new FakeServer();
});

describe('a path', () => {
  it('is a notebook on the branch whose folder it lies in', async () => {
    const model = await made();
    expect(model.branchOf('work/churn/model.ipynb')).toEqual({ branch: 'main', notebook: 'model.ipynb' });
    expect(model.branchOf('work/churn/branches/try/a/model.ipynb')).toEqual({
      branch: 'B1',
      notebook: 'a/model.ipynb'
    });
    expect(model.branchOf('work/churn/branches/try-2/model.ipynb')?.branch).toBe('B2');
    expect(model.branchOf('work/churn/branches/other/model.ipynb')?.branch).toBe('main');
    expect(model.branchOf('work/churned/model.ipynb')).toBeNull();
  });

  it('may lie in a project that is the whole server', async () => {
    const model = await made('');
    expect(model.branchOf('branches/try/model.ipynb')).toEqual({ branch: 'B1', notebook: 'model.ipynb' });
    expect(model.fileOf('B1', 'model.ipynb')).toBe('branches/try/model.ipynb');
  });

  it('leads back to the file of the notebook', async () => {
    const model = await made();
    expect(model.fileOf('main', 'a/model.ipynb')).toBe('work/churn/a/model.ipynb');
    expect(model.fileOf('B2', 'model.ipynb')).toBe('work/churn/branches/try-2/model.ipynb');
    expect(model.fileOf('gone', 'model.ipynb')).toBeNull();
    const place = { branch: 'B2', notebook: 'a/model.ipynb' };
    const folder = 'work/churn/branches/try-2';
    const moved = { branch: 'B2', notebook: 'b/model.ipynb' };
    expect(model.moved(place, `${folder}/a/model.ipynb`, `${folder}/b/model.ipynb`)).toEqual(moved);
    expect(model.moved(place, `${folder}/a`, `${folder}/b`)).toEqual(moved);
    expect(model.moved(place, 'work/churn/a', 'work/churn/b')).toBeNull();
  });
});

describe('the list of branches', () => {
  it('follows what events say', async () => {
    const model = await made();
    server.branches = server.branches.map(each => (each.id === 'B1' ? { ...each, name: 'tried' } : each));
    server.tell('branch.changed', { branch: 'B1', name: 'tried', status: 'completed' });
    expect(model.get('B1')).toMatchObject({ name: 'tried', status: 'completed' });
    server.branches = [...server.branches, branch('B3', 'branches/new')];
    server.tell('branch.created', { branch: 'B3', name: 'new', parent: 'main', forked_at: 1 });
    await model.load();
    expect(model.items.map(each => each.id)).toEqual(['main', 'B1', 'B2', 'B3']);
  });

  it('is read once more, not a thousand times, when much changes meanwhile', async () => {
    const model = await made();
    server.asked = [];
    for (let count = 0; count < 1000; count += 1) {
      server.tell('branch.created', { branch: `N${count}`, name: 'n', parent: 'main', forked_at: 1 });
    }
    await model.load();
    expect(server.asked).toEqual(['GET /branches', 'GET /branches']);
  });

  it('is read again when the server is back', async () => {
    const model = await made();
    server.follower?.ready?.(4);
    expect(server.asked).toHaveLength(2);
    server.branches = [branch('main', '')];
    server.follower?.ready?.(9);
    await model.load();
    expect(model.items).toHaveLength(1);
  });

  it('keeps what was deleted, as deleted', async () => {
    const model = await made();
    await model.remove('B1');
    expect(model.get('B1')?.status).toBe('deleted');
    expect(server.asked.at(-1)).toBe('DELETE /branches/B1');
  });
});

it('a project that is deleted while its branches are read is not followed', async () => {
  const model = new BranchesModel(server.settings, server.socket, 'P', () => '');
  const reading = model.ensure();
  model.dispose();
  await reading;
  expect(server.follower).toBeNull();
});
