import { ServerConnection } from '@jupyterlab/services';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Branch, ForkProbe } from '../../../api/schema';
import type { BranchesModel } from '../../../models/branches';
import { ForkModel } from '../model';
import { probe } from './make';

const branches = {
  project: 'P',
  items: [{ id: 'main', name: 'main' } as Branch, { id: 'B', name: 'try-1' } as Branch]
} as unknown as BranchesModel;

/** Stands for the server: what it was asked, in order, and what it answers. */
let asked: [string, unknown][];
let kernel: ForkProbe;
let refusal: string | null;

const settings = ServerConnection.makeSettings({
  baseUrl: 'http://x/',
  fetch: async (input: RequestInfo | URL) => {
    const request = input as Request;
    const path = new URL(request.url).pathname.replace('/jupyter-sessions/projects/P/branches/main', '');
    asked.push([path, await request.json()]);
    if (refusal !== null) {
      return new Response(JSON.stringify({ code: 'conflict', message: refusal }), { status: 409 });
    }
    const answer = path.endsWith('probe') ? { shared: 10, below: 6, kernel } : { running: 0 };
    return new Response(JSON.stringify(answer), { status: 200 });
  }
});

const made = (code = 10) =>
  new ForkModel(settings, branches, {
    place: { branch: 'main', notebook: 'a/model.ipynb' },
    cell: { id: 'c', name: 'cell [10]', below: 6, code },
    name: 'try-2',
    save: () => {
      asked.push(['save', null]);
      return Promise.resolve();
    },
    running: () => null
  });

const checked = async (patch: Partial<ForkProbe>, code?: number) => {
  kernel = probe(patch);
  const model = made(code);
  await model.check();
  return model;
};

beforeEach(() => {
  asked = [];
  kernel = probe();
  refusal = null;
});

describe('a fork that is about to be made', () => {
  it('saves before it asks, since the server reads what is saved', async () => {
    const model = await checked({});
    expect(asked).toEqual([
      ['save', null],
      ['/fork/probe', { notebook: 'a/model.ipynb', cell_id: 'c' }]
    ]);
    expect(model.preview?.below).toBe(6);
  });

  it('can be made before the kernel has answered', async () => {
    const model = made();
    expect(model.ways).toEqual(['fork']);
    model.name = '  boosting ';
    model.below = 'drop';
    expect(await model.fork('auto')).not.toBeNull();
    expect(asked.at(-1)).toEqual([
      '/fork',
      { notebook: 'a/model.ipynb', cell_id: 'c', name: 'boosting', below: 'drop', kernel: 'auto' }
    ]);
  });

  it('offers what the kernel allows', async () => {
    expect((await checked({})).ways).toEqual(['fork']);
    expect((await checked({ engine: 'namespace' })).ways).toEqual(['fork', 'run']);
    expect((await checked({ engine: 'rerun' })).ways).toEqual(['run', 'stateless']);
    expect((await checked({ engine: 'rerun' }, 0)).ways).toEqual(['fork']);
    expect((await checked({ busy: true })).ways).toEqual(['wait']);
  });

  it('takes no name that a branch has, however it is written', async () => {
    const model = made();
    model.name = ' Try-1';
    expect(model.nameIsFree).toBe(false);
    expect(await model.fork('auto')).toBeNull();
    expect(asked).toEqual([]);
    model.name = ' ';
    expect(model.nameIsFree).toBe(false);
  });

  it('tells why the server refused, until the name is changed', async () => {
    const model = made();
    refusal = 'There is no such cell.';
    await model.check();
    expect(model.problem).toBe('There is no such cell.');
    expect(await model.fork('auto')).toBeNull();
    expect(model.error).toBe('There is no such cell.');
    model.name = 'other';
    expect(model.error).toBe('');
  });

  it('keeps the answer that was asked for last', async () => {
    const model = made();
    kernel = probe({ busy: true });
    const first = model.check();
    kernel = probe();
    await Promise.all([first, model.check()]);
    expect(model.ways).toEqual(['fork']);
  });
});
