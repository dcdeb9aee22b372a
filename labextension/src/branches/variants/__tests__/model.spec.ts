import { ServerConnection } from '@jupyterlab/services';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Branch } from '../../../api/schema';
import type { BranchesModel } from '../../../models/branches';
import { Observable } from '../../../models/observable';
import { VariantsModel } from '../model';

/** Stands for the branches of a project. */
class Branches extends Observable {
  readonly project = 'P';
  readonly items = [{ id: 'main', name: 'main' } as Branch, { id: 'B', name: 'Variant-2' } as Branch];
}

let asked: [string, unknown][];
let refusal: string | null;

const settings = ServerConnection.makeSettings({
  baseUrl: 'http://x/',
  fetch: async (input: RequestInfo | URL) => {
    const request = input as Request;
    asked.push([new URL(request.url).pathname.split('/main/')[1] ?? '', await request.json()]);
    const body = refusal === null ? { items: [], kernel: { engine: 'fork' } } : { message: refusal };
    return new Response(JSON.stringify(body), { status: refusal === null ? 200 : 409 });
  }
});

const made = () =>
  new VariantsModel(settings, new Branches() as unknown as BranchesModel, {
    place: { branch: 'main', notebook: 'm.ipynb' },
    cell: { id: 'c', name: 'cell [3]', source: 'k = 1', before: 'b', code: 2, mimeType: 'text/x-ipython' },
    save: () => {
      asked.push(['save', null]);
      return Promise.resolve();
    }
  });

beforeEach(() => {
  asked = [];
  refusal = null;
});

describe('variants of a cell', () => {
  it('begin as two copies of it, with names that are free', () => {
    const model = made();
    expect(model.drafts.map(each => each.name)).toEqual(['variant-1', 'variant-3']);
    expect(model.drafts.map(each => each.source)).toEqual(['k = 1', 'k = 1']);
    expect(model.same.map(each => each.name)).toEqual(['variant-3']);
  });

  it('are added as a copy of the last one, and removed', () => {
    const model = made();
    const [, second] = model.drafts;
    model.change(second?.key ?? 0, { source: 'k = 2' });
    expect(model.same).toEqual([]);
    model.add();
    expect(model.drafts.map(each => each.source)).toEqual(['k = 1', 'k = 2', 'k = 2']);
    model.remove(second?.key ?? 0);
    expect(model.drafts.map(each => each.name)).toEqual(['variant-1', 'variant-4']);
  });

  it('need names that no branch and no other variant has', () => {
    const model = made();
    const [first] = model.drafts;
    const key = first?.key ?? 0;
    const ready = (name: string) => {
      model.change(key, { name });
      return model.ready;
    };
    expect(['one', ' ', 'MAIN', 'Variant-3 '].map(ready)).toEqual([true, false, false, false]);
    expect(model.drafts.map(each => model.isTwice(each))).toEqual([true, true]);
  });

  it('are run from what is saved', async () => {
    const model = made();
    await model.check();
    expect(model.probe?.engine).toBe('fork');
    expect(asked).toEqual([
      ['save', null],
      ['fork/probe', { notebook: 'm.ipynb', cell_id: 'b' }]
    ]);
    model.change(model.drafts[0]?.key ?? 0, { name: ' one ' });
    expect(await model.run()).not.toBeNull();
    const variants = [
      { name: 'one', source: 'k = 1' },
      { name: 'variant-3', source: 'k = 1' }
    ];
    expect(asked.at(-1)).toEqual(['fan-out', { notebook: 'm.ipynb', cell_id: 'c', variants }]);
  });

  it('tell why the server refused, until something is changed', async () => {
    const model = made();
    refusal = 'The kernel is busy.';
    expect(await model.run()).toBeNull();
    expect(model.error).toBe('The kernel is busy.');
    model.change(model.drafts[0]?.key ?? 0, { source: 'k = 3' });
    expect(model.error).toBe('');
    expect(model.ready).toBe(true);
  });
});
