import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ServerConnection } from '@jupyterlab/services';

import type { Branch, DiffCell, ForkRecord, VersionAdded } from '../../api/schema';
import { readDiff } from '../../api/versions';
import { fullTime, when } from '../../components/times';
import type { BranchesModel } from '../../models/branches';
import { showLost } from './lost';
import { lastShared, sharedCells } from './shared';
import { engineText, lostOf, lostText } from './words';

/** Milliseconds in which versions that follow each other count as one. */
const PAUSE = 500;

export interface ILineParts {
  readonly trans: TranslationBundle;
  readonly settings: ServerConnection.ISettings;
  readonly branches: BranchesModel;
  readonly panel: NotebookPanel;
  readonly branch: string;
  readonly record: ForkRecord;
}

/** The line between the cells that a branch shares and its own, in its open notebook. */
export class ForkLine implements IDisposable {
  constructor(private readonly _parts: ILineParts) {
    const { branches, panel } = _parts;
    panel.content.modelContentChanged.connect(this._drawSoon, this);
    branches.changed.connect(this._drawSoon, this);
    branches.versionAdded.connect(this._onVersion, this);
    panel.disposed.connect(this.dispose, this);
    void this._read();
    this._drawSoon();
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    const { branches, panel } = this._parts;
    window.clearTimeout(this._timer);
    window.cancelAnimationFrame(this._frame);
    branches.changed.disconnect(this._drawSoon, this);
    branches.versionAdded.disconnect(this._onVersion, this);
    this._node.remove();
    if (!panel.isDisposed) {
      panel.content.modelContentChanged.disconnect(this._drawSoon, this);
      panel.content.widgets.forEach(cell => cell.removeClass('jps-mod-shared'));
    }
  }

  private _onVersion(_: BranchesModel, { branch }: VersionAdded): void {
    if (branch === this._parts.branch) {
      window.clearTimeout(this._timer);
      this._timer = window.setTimeout(() => void this._read(), PAUSE);
    }
  }

  /** Which of the cells above the line are no longer what they were at the fork. */
  private async _read(): Promise<void> {
    const { settings, branches, branch, record } = this._parts;
    const own = branches.get(branch);
    if (!own) {
      return;
    }
    try {
      const from = `version:${own.forked_at}`;
      const { cells } = await readDiff(settings, branches.project, record.notebook, from, `branch:${branch}`);
      this._changed = cells;
    } catch {
      this._changed = []; // the line is where it was; what was changed above is not told apart
    }
    this._drawSoon();
  }

  private _drawSoon(): void {
    window.cancelAnimationFrame(this._frame);
    this._frame = window.requestAnimationFrame(() => this._draw());
  }

  private _draw(): void {
    const { panel, record } = this._parts;
    if (this._disposed || panel.isDisposed) {
      return;
    }
    const cells = panel.content.widgets;
    const ids = cells.map(each => each.model.id);
    const last = lastShared(ids, record, this._changed);
    const shared = sharedCells(ids, last, this._changed);
    cells.forEach(cell => cell.toggleClass('jps-mod-shared', shared.has(cell.model.id)));
    this._put(cells[last]);
  }

  private _put(cell: Cell | undefined): void {
    if (!cell) {
      this._node.remove();
      return;
    }
    this._write();
    if (this._node.parentElement !== cell.node) {
      cell.node.append(this._node);
    }
  }

  private _write(): void {
    const { trans, branches, branch, record } = this._parts;
    const own = branches.get(branch);
    const text = own ? lineText(trans, branches, own, record) : '';
    if (text === this._text) {
      return;
    }
    this._text = text;
    const words = document.createElement('span');
    words.textContent = text;
    words.title = own ? `${text}\n${fullTime(own.created_at)}` : '';
    this._node.className = 'jps-ForkLine';
    this._node.setAttribute('role', 'note');
    this._node.replaceChildren(words, ...this._more(own));
  }

  /** What the branch lacks can be looked up later, too. */
  private _more(own: Branch | undefined): HTMLElement[] {
    const { trans, record } = this._parts;
    if (!own || lostOf(trans, record).length === 0) {
      return [];
    }
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'jps-Link';
    button.textContent = trans.__('Not carried over: %1', lostText(trans, record));
    button.addEventListener('click', () => void showLost(trans, own.name, record));
    return [button];
  }

  private readonly _node = document.createElement('div');
  private _text: string | null = null;
  private _changed: readonly DiffCell[] = [];
  private _timer = 0;
  private _frame = 0;
  private _disposed = false;
}

/** "Shared with main up to here · forked 5 min ago · memory shared" */
function lineText(
  trans: TranslationBundle,
  branches: BranchesModel,
  { parent, created_at }: Branch,
  record: ForkRecord
): string {
  return [
    trans.__('Shared with %1 up to here', branches.nameOf(parent ?? '')),
    trans.__('forked %1', when(trans, created_at)),
    engineText(trans, record, created_at)
  ].join(' · ');
}
