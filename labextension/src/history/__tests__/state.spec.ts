import type { Contents } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { HeldServer, settled } from '../../models/__tests__/held';
import type { ProjectsModel } from '../../models/projects';
import { BranchesState } from '../table/state';
import { TreeModel } from '../tree/model';
import { branch, seenOn } from './make';

const TREE = { notebook: 'n.ipynb', language: 'python', lanes: [] };
const NONE = { items: [], next: null };
const BUSY = { code: 'unavailable', message: 'Busy.' };

const main = branch('main');
let server: HeldServer;
let followed: Signal<object, void>;
let state: BranchesState;

beforeEach(() => {
  server = new HeldServer();
  const owner = {};
  followed = new Signal<object, void>(owner);
  const branches = {
    items: [main],
    loaded: true,
    error: null,
    get: () => main,
    ensure: () => Promise.resolve(),
    load: () => Promise.resolve(),
    changed: new Signal(owner),
    versionAdded: new Signal(owner)
  };
  const sessions = {
    items: [],
    ensure: () => Promise.resolve(),
    changed: new Signal(owner),
    happened: new Signal(owner),
    followed
  };
  const projects = {
    settings: server.settings,
    changed: new Signal(owner),
    branchesOf: () => branches,
    sessionsOf: () => sessions
  };
  state = new BranchesState(projects as unknown as ProjectsModel, 'P', 'a.ipynb', {} as Contents.IManager);
});

afterEach(() => {
  state.dispose();
  vi.useRealTimers();
});

describe('the branches of a notebook', () => {
  it('say no more that they cannot be read once those of all are looked at', async () => {
    void state.read();
    await server.answer('a.ipynb', BUSY, { status: 500 });
    expect(state.error).toBe('Busy.');
    state.look(null);
    expect(state.error).toBeNull();
  });

  it('say nothing of another notebook that could not be read', async () => {
    void state.read();
    state.look('b.ipynb');
    await server.answer('b.ipynb', { items: [seenOn(main)], next: null });
    await server.answer('a.ipynb', BUSY, { status: 500 });
    expect([state.loaded, state.error]).toEqual([true, null]);
  });

  it('are those that were asked for last, in whatever order the answers come', async () => {
    void state.read();
    const older = await server.find('a.ipynb');
    void state.read();
    await settled();
    await server.waiting[1]?.answer({ items: [seenOn(main, { notebook: null })], next: null });
    await older.answer({ items: [seenOn(main)], next: null });
    expect(state.rows[0]?.without).toBe(true);
  });

  it('are read again when the server is there again', async () => {
    state.watch(true);
    await server.answer('a.ipynb', NONE);
    vi.useFakeTimers();
    followed.emit();
    vi.advanceTimersByTime(1000);
    vi.useRealTimers();
    await expect(server.find('a.ipynb')).resolves.toBeDefined();
  });
});

describe('the tree of a notebook', () => {
  it('is the one that was asked for last, in whatever order the answers come', async () => {
    const tree = new TreeModel(state, 'n.ipynb');
    const older = await server.find('tree');
    await server.answer('convergences', NONE);
    void tree.read();
    await settled();
    await server.waiting[1]?.answer({ ...TREE, language: 'R' });
    await server.answer('convergences', NONE);
    await older.answer(TREE);
    expect(tree.language).toBe('R');
    tree.dispose();
  });

  it('is read again when the server is there again', async () => {
    const tree = new TreeModel(state, 'n.ipynb');
    await server.answer('tree', BUSY, { status: 500 });
    vi.useFakeTimers();
    followed.emit();
    vi.advanceTimersByTime(1000);
    vi.useRealTimers();
    await server.answer('tree', TREE);
    tree.dispose();
  });
});
