import { YNotebook } from '@jupyter/ydoc';
import type { Contents } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { describe, expect, it } from 'vitest';

import type { NotebookChanged } from '../../api/schema';
import { NotebookFollower, type NotebookContext } from '../follower';

/** What JupyterLab's context does when it saves: it sends the document of the start, and is clean at the end. */
class FakeContext {
  readonly saveState = new Signal<this, 'started' | 'completed'>(this);
  readonly ready = Promise.resolve();
  readonly isDisposed = false;
  readonly localPath = 'a.ipynb';
  readonly model = { sharedModel: YNotebook.create(), dirty: false, nbformatMinor: 5, collaborative: false };

  save(meanwhile: () => void): void {
    this.saveState.emit('started');
    meanwhile();
    this.model.dirty = false;
    this.saveState.emit('completed');
  }
}

async function opened(): Promise<{ context: FakeContext; follower: NotebookFollower; kept: string[] }> {
  const context = new FakeContext();
  context.model.sharedModel.addCell({ id: 'a', cell_type: 'code', source: 'x = 1' });
  const kept: string[] = [];
  const follower = new NotebookFollower(
    context as unknown as NotebookContext,
    {} as Contents.IManager,
    ({ cell }) => kept.push(cell)
  );
  await context.ready;
  return { context, follower, kept };
}

const edit = (before: string, source: string) =>
  ({
    shared: false,
    hash: null,
    ops: [{ op: 'edit', cell_id: 'a', before, source }]
  }) as unknown as NotebookChanged;

describe('what is typed while a notebook is saved', () => {
  it('counts as unsaved, and outlives an edit of the agent', async () => {
    const { context, follower, kept } = await opened();
    const cell = context.model.sharedModel.getCell(0);
    cell.setSource('x = 12');
    context.save(() => cell.setSource('x = 123'));
    expect(context.model.dirty).toBe(true);
    await follower.follow(edit('x = 12', 'x = 2'));
    expect(cell.getSource()).toBe('x = 123');
    expect(kept).toEqual(['1']);
  });

  it('is not taken for what the agent did meanwhile', async () => {
    const { context, follower, kept } = await opened();
    const cell = context.model.sharedModel.getCell(0);

    context.saveState.emit('started');
    const followed = follower.follow(edit('x = 1', 'x = 2'));
    await followed;
    context.model.dirty = false;
    context.saveState.emit('completed');
    expect(context.model.dirty).toBe(false);
    await follower.follow(edit('x = 2', 'x = 3'));
    expect(cell.getSource()).toBe('x = 3');
    expect(kept).toEqual([]);
  });
});
