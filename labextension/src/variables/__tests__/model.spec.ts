import { ServerConnection } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { IKernelPlace } from '../../api/kernels';
import { Observable } from '../../models/observable';
import { VariablesModel } from '../model';
import type { NotebookKernel } from '../notebook';
import { variable } from './make';

/** Stands for the notebook that is looked at. */
class Notebook extends Observable {
  place: IKernelPlace | null = { project: 'P', branch: 'main', notebook: 'a.ipynb' };
  busy = false;
  branches = { get: (id: string) => (id === 'B' ? { id } : undefined) };
  stirred = new Signal<this, void>(this);

  look(place: IKernelPlace | null): void {
    this.place = place;
    this.notify();
  }
}

let asked: string[];
let refusal: string | null;
let notebook: Notebook;
let model: VariablesModel;

const settings = ServerConnection.makeSettings({
  baseUrl: 'http://x/',
  fetch: (input: RequestInfo | URL) => {
    const { pathname, searchParams } = new URL((input as Request).url);
    const branch = /branches\/(\w+)\/(.*)/.exec(pathname);
    asked.push([branch?.[1], branch?.[2], searchParams.get('with')].filter(Boolean).join(' '));
    const body = refusal === null ? { items: [variable(branch?.[1] ?? '')], total: 1 } : { message: refusal };
    return Promise.resolve(new Response(JSON.stringify(body), { status: refusal === null ? 200 : 404 }));
  }
});

/** Let what was asked be answered, and time pass. */
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  refusal = null;
  notebook = new Notebook();
  model = new VariablesModel(settings, notebook as unknown as NotebookKernel);
});

afterEach(() => {
  model.dispose();
  vi.useRealTimers();
});

describe('the variables of the current notebook', () => {
  it('are asked for while somebody looks, and never else', async () => {
    notebook.stirred.emit();
    await pass(1000);
    expect(asked).toEqual([]);
    model.watch(true);
    await pass(0);
    expect(model.list?.total).toBe(1);
    model.watch(false);
    notebook.stirred.emit();
    await pass(1000);
    expect(asked).toEqual(['main variables']);
  });

  it('are asked for once after many cells in a row', async () => {
    model.watch(true);
    await pass(0);
    for (let count = 0; count < 20; count += 1) {
      notebook.stirred.emit();
      await pass(10);
    }
    await pass(300);
    expect(asked).toHaveLength(2);
  });

  it('are asked for again and again while a cell runs for long', async () => {
    notebook.busy = true;
    model.watch(true);
    await pass(11_000);
    expect(asked).toHaveLength(3);
    notebook.busy = false;
    notebook.stirred.emit();
    await pass(300);
    expect(asked).toHaveLength(4);
    await pass(60_000);
    expect(asked).toHaveLength(4);
  });

  it('follow the notebook, and forget what another held', async () => {
    model.watch(true);
    await pass(0);
    model.other = 'B';
    await pass(0);
    notebook.look({ project: 'P', branch: 'B', notebook: 'a.ipynb' });
    expect(model.list).toBeNull();
    expect(model.other).toBeNull();
    await pass(0);
    expect(model.list?.items[0]?.name).toBe('B');
    notebook.look(null);
    expect(model.list).toBeNull();
  });

  it('are compared with those of a branch, as long as that is chosen', async () => {
    model.watch(true);
    await pass(0);
    model.other = 'B';
    await pass(0);
    expect(asked.at(-1)).toBe('main variables/difference B');
    model.other = null;
    expect(model.difference).toBeNull();
  });

  it('say why they cannot be read, and keep what was read before', async () => {
    model.watch(true);
    await pass(0);
    refusal = 'There is no such notebook.';
    await model.read();
    expect(model.error).toBe('There is no such notebook.');
    expect(model.list?.total).toBe(1);
  });

  it('have their checkpoints read only where these are shown', async () => {
    model.watch(true);
    await pass(0);
    expect(model.checkpoints).toBeNull();
    model.showsCheckpoints = true;
    await pass(0);
    expect(asked).toContain('main checkpoints');
    expect(model.checkpoints).not.toBeNull();
  });
});
