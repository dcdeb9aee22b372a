import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { INotebookModel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';

import type { NotebookChanged } from '../api/schema';
import type { CellOp } from '../api/unions';
import { missedOps } from './catchup';
import { applyOps, type Base, sourcesOf } from './ops';

export type NotebookContext = DocumentRegistry.IContext<INotebookModel>;

/** A cell whose text was kept although the agent changed it too. */
export interface IKept {
  path: string;
  /** Place in the notebook, counted from 1; the cell's own number when it has run. */
  cell: string;
}

/** Keeps one open notebook at what the server does to its file. */
export class NotebookFollower {
  constructor(
    readonly context: NotebookContext,
    private readonly _contents: Contents.IManager,
    private readonly _onKept: (kept: IKept) => void
  ) {
    void context.ready.then(() => this._settle());
    context.saveState.connect((_, state) => {
      this._saving = state === 'started';
      if (this._saving) {
        this._sent = sourcesOf(context.model.sharedModel);
      }
      if (this._overtaken && !this._saving) {
        this._overtaken = false;
        void this._saveAgain();
      } else if (state === 'completed') {
        this._onSaved();
      }
    });
  }

  get path(): string {
    return this.context.localPath;
  }

  /** The document is shared by other means, which carry changes by themselves. */
  get shared(): boolean {
    return this.context.model.collaborative ?? false;
  }

  async follow(change: NotebookChanged): Promise<void> {
    await this.context.ready;
    if (change.shared || this.shared || this.context.isDisposed) {
      return;
    }
    if (change.hash && this.context.model.nbformatMinor < 5) {
      // The cells of an old notebook have ids from now on: those that the server has just written.
      await this.context.revert();
      return;
    }
    this._overtaken ||= this._saving && Boolean(change.hash);
    this._apply(change.ops, change);
  }

  /** Save unsaved edits, so that the server sees them. */
  async save(): Promise<void> {
    await this.context.ready;
    if (this._saving) {
      await this._saved();
    }
    if (!this.shared && this.context.model.dirty && this.context.canSave !== false) {
      await this.context.save();
    }
  }

  /** Compare with the file and take over what was missed. */
  async catchUp(): Promise<void> {
    await this.context.ready;
    const { contentsModel, path } = this.context;
    if (this.shared || this.context.isDisposed || !contentsModel?.hash) {
      return;
    }
    const now = await this._contents.get(path, { content: false, hash: true });
    if (!now.hash || now.hash === this.context.contentsModel?.hash) {
      return;
    }
    const file = await this._contents.get(path, { content: true, hash: true, type: 'notebook' });
    if (file.hash === this.context.contentsModel?.hash) {
      return;
    }
    const content = file.content as INotebookContent;
    this._apply(missedOps(this.context.model.sharedModel, content, this._base), file);
  }

  private _apply(
    ops: readonly CellOp[],
    file: { hash?: string | null; hash_algorithm?: string | null; last_modified?: string | null }
  ): void {
    const { model } = this.context;
    const clean = !model.dirty;
    const before = new Map(this._base);
    const conflicts = applyOps(model.sharedModel, ops, this._base);
    carryOver(before, this._base, this._sent);
    if (file.hash && file.last_modified) {
      handOver(this.context, {
        hash: file.hash,
        hash_algorithm: file.hash_algorithm ?? undefined,
        last_modified: file.last_modified
      });
    }
    if (clean) {
      model.dirty = false;
    }
    for (const id of conflicts) {
      this._onKept({ path: this.path, cell: this._nameOf(id) });
    }
  }

  /**
   * The server wrote while a save was under way: what was saved is from before, and what the document
   * knows of the file may be too. Both are put right.
   */
  private async _saveAgain(): Promise<void> {
    await this.catchUp();
    if (!this.context.isDisposed) {
      this.context.model.dirty = true;
      await this.context.save();
    }
  }

  /** Wait for the end of the save that is under way. */
  private _saved(): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        if (!this._saving) {
          this.context.saveState.disconnect(done);
          resolve();
        }
      };
      this.context.saveState.connect(done);
    });
  }

  private _nameOf(id: string): string {
    const { cells } = this.context.model.sharedModel;
    const index = cells.findIndex(cell => cell.getId() === id);
    const cell = cells[index]?.toJSON();
    const count = cell?.cell_type === 'code' ? (cell.execution_count as number | null) : null;
    return count ? `[${count}]` : String(index + 1);
  }

  /** The document is as the file is. */
  private _settle(): void {
    if (!this.context.isDisposed) {
      this._base = sourcesOf(this.context.model.sharedModel);
    }
  }

  /** JupyterLab takes what was typed meanwhile for saved, too. */
  private _onSaved(): void {
    if (this.context.isDisposed) {
      return;
    }
    this._base = this._sent;
    if (!this.shared && differs(this._base, sourcesOf(this.context.model.sharedModel))) {
      this.context.model.dirty = true;
    }
  }

  private _base: Base = new Map();
  /** What was saved last, or is on the way. */
  private _sent: Base = new Map();
  private _saving = false;
  private _overtaken = false;
}

/** What the server has changed between `before` and `after` is in what was sent before that, too. */
function carryOver(before: Base, after: Base, sent: Base): void {
  for (const [id, source] of after) {
    if (before.get(id) !== source) {
      sent.set(id, source);
    }
  }
  for (const id of before.keys()) {
    if (!after.has(id)) {
      sent.delete(id);
    }
  }
}

function differs(one: Base, other: Base): boolean {
  return one.size !== other.size || [...one].some(([id, source]) => other.get(id) !== source);
}

interface IContextInternals {
  _updateContentsModel(model: Partial<Contents.IModel>): void;
}

/**
 * Tell a context which state of the file its document has, so that the next save finds nothing unexpected.
 *
 * There is no public way: https://github.com/jupyterlab/jupyterlab/blob/main/packages/docregistry/src/context.ts
 */
function handOver(
  context: NotebookContext,
  file: Pick<Contents.IModel, 'hash' | 'hash_algorithm' | 'last_modified'>
): void {
  const internals = context as unknown as Partial<IContextInternals>;
  if (context.contentsModel && internals._updateContentsModel) {
    internals._updateContentsModel({ ...context.contentsModel, ...file });
  }
}
