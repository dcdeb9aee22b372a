import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import { listAuthors } from '../api/branches';
import type { CellLines, VersionAdded } from '../api/schema';
import type { BranchesModel } from '../models/branches';
import type { ISessions } from '../tokens';
import { drawBars } from './bars';
import { namesOf, partsOf, type Shown, tooltipOf } from './words';

/** Milliseconds in which versions that follow each other count as one. */
const PAUSE = 250;
const NONE: readonly CellLines[] = [];

/** Who wrote the cells of one open notebook, in its margin. It adds to what is drawn, never to the notebook. */
export class Margin implements IDisposable {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _sessions: ISessions,
    private readonly _panel: NotebookPanel,
    private readonly _person: string,
    private _shown: Shown
  ) {
    const { context, content } = _panel;
    context.pathChanged.connect(this._look, this);
    _sessions.projects.changed.connect(this._look, this);
    content.modelContentChanged.connect(this._drawSoon, this);
    void context.ready.then(() => this._look());
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  set shown(shown: Shown) {
    this._shown = shown;
    this._draw();
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    window.clearTimeout(this._timer);
    window.cancelAnimationFrame(this._frame);
    this._sessions.projects.changed.disconnect(this._look, this);
    this._follow(null);
    if (!this._panel.isDisposed) {
      this._panel.context.pathChanged.disconnect(this._look, this);
      this._panel.content.modelContentChanged.disconnect(this._drawSoon, this);
      this._panel.content.widgets.forEach(cell => clear(cell));
    }
  }

  /** Find the project that the notebook lies in. */
  private _look(): void {
    if (this._disposed) {
      return;
    }
    const project = this._sessions.projects.at(this._panel.context.localPath);
    const branches = project && this._sessions.projects.branchesOf(project.id);
    const path = branches && this._panel.context.localPath;
    if (branches !== this._branches || path !== this._path) {
      this._path = path;
      this._follow(branches);
      void branches?.ensure().then(() => this._read());
    }
  }

  private _follow(branches: BranchesModel | null): void {
    this._branches?.versionAdded.disconnect(this._onVersion, this);
    this._branches = branches;
    branches?.versionAdded.connect(this._onVersion, this);
  }

  private _onVersion(branches: BranchesModel, { branch, notebook }: VersionAdded): void {
    const place = branches.branchOf(this._panel.context.localPath);
    if (place?.branch === branch && place.notebook === notebook) {
      window.clearTimeout(this._timer);
      this._timer = window.setTimeout(() => void this._read(), PAUSE);
    }
  }

  private async _read(): Promise<void> {
    const branches = this._branches;
    const place = branches?.branchOf(this._panel.context.localPath);
    if (!branches || !place || this._disposed) {
      return;
    }
    try {
      const { settings } = this._sessions;
      const cells = await listAuthors(settings, branches.project, place.notebook, place.branch);
      this._lines = new Map(cells.map(each => [each.cell_id, each.lines]));
    } catch (reason) {
      console.warn('jupyter-sessions: who wrote the cells is not known', reason);
      this._lines = new Map();
    }
    this._draw();
  }

  /** Cells come and go, and are made only when they come into view. */
  private _drawSoon(): void {
    window.cancelAnimationFrame(this._frame);
    this._frame = window.requestAnimationFrame(() => this._draw());
  }

  private _draw(): void {
    if (this._disposed || this._panel.isDisposed) {
      return;
    }
    for (const cell of this._panel.content.widgets) {
      void cell.ready.then(() => {
        if (!this._disposed && !cell.isDisposed) {
          this._drawCell(cell);
        }
      });
    }
  }

  private _drawCell(cell: Cell): void {
    const lines = this._lines.get(cell.model.id) ?? NONE;
    const parts = partsOf(this._trans, lines, this._person, this._shown);
    if (parts.length === 0) {
      clear(cell);
      return;
    }
    const area = cell.inputArea?.node;
    if (area) {
      label(area, namesOf(parts), tooltipOf(this._trans, parts), cell.model.type === 'code');
    }
    if (cell.editor) {
      drawBars(cell.editor, parts);
    }
  }

  private _branches: BranchesModel | null = null;
  private _path: string | null = null;
  private _lines = new Map<string, readonly CellLines[]>();
  private _timer = 0;
  private _frame = 0;
  private _disposed = false;
}

/** Write the names below the prompt, where there is one. */
function label(area: HTMLElement, names: readonly string[], tooltip: string, below: boolean): void {
  const node = area.querySelector<HTMLElement>(':scope > .jps-Authors') ?? document.createElement('div');
  const text = names.join('\n');
  if (node.dataset.text === text && node.title === tooltip) {
    return;
  }
  node.className = 'jps-Authors';
  node.dataset.text = text;
  node.title = tooltip;
  node.setAttribute('role', 'note');
  node.setAttribute('aria-label', tooltip);
  node.replaceChildren(
    ...names.map((name, index) => {
      const line = document.createElement('span');
      line.textContent = index < names.length - 1 ? `${name},` : name;
      return line;
    })
  );
  area.classList.add('jps-mod-authors');
  area.classList.toggle('jps-mod-below', below);
  area.style.setProperty('--jps-authors', String(names.length));
  area.append(node);
}

function clear(cell: Cell): void {
  const area = cell.inputArea?.node;
  area?.querySelector(':scope > .jps-Authors')?.remove();
  area?.classList.remove('jps-mod-authors', 'jps-mod-below');
  area?.style.removeProperty('--jps-authors');
  if (cell.editor) {
    drawBars(cell.editor, []);
  }
}
