import { beforeEach, describe, expect, it } from 'vitest';

import type { Project } from '../../api/schema';
import { ProjectsModel } from '../projects';
import type { EventSockets } from '../socket';
import { HeldServer, settled } from './held';

const project = (id: string, name = id) => ({ id, name, path: id, folder_state: 'ok' }) as Project;
const page = (...items: Project[]) => ({ items, next: null });

let server: HeldServer;
let model: ProjectsModel;

beforeEach(async () => {
  server = new HeldServer();
  model = new ProjectsModel(server.settings, {} as EventSockets, null);
  void model.load();
  await server.answer('projects', page(project('A')));
});

describe('the list of projects', () => {
  it('keeps a project that was made while it was read, and shows it', async () => {
    void model.load();
    const older = await server.find('projects');
    void model.create('B');
    await server.answer('projects', project('B'), { method: 'POST' });
    await older.answer(page(project('A')));
    expect(model.current?.id).toBe('B');
    await server.answer('projects', page(project('A'), project('B')));
    expect([model.items.length, model.current?.id]).toEqual([2, 'B']);
  });

  it('keeps a name that was given while it was read', async () => {
    void model.load();
    const older = await server.find('projects');
    void model.update('A', { name: 'Churn' });
    await server.answer('projects/A', project('A', 'Churn'), { method: 'PATCH' });
    await older.answer(page(project('A')));
    expect(model.current?.name).toBe('Churn');
  });

  it('is as it was told last, in whatever order the answers would come', async () => {
    void model.load();
    const older = await server.find('projects');
    void model.load();
    await settled();
    await server.waiting.find(each => each !== older)?.answer(page(project('A', 'new')));
    await older.answer(page(project('A', 'old')));
    await server.waiting[0]?.answer(page(project('A', 'new')));
    expect(model.current?.name).toBe('new');
  });

  it('is read once by all that wait for it at the start', async () => {
    const fresh = new ProjectsModel(server.settings, {} as EventSockets, null);
    const all = Promise.all([fresh.load(), fresh.load()]);
    await server.answer('projects', page(project('A')));
    await all;
    expect([fresh.loaded, server.waiting.length]).toEqual([true, 0]);
  });
});
