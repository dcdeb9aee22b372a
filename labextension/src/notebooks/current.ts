import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

import { Observable } from '../models/observable';

/** Path below a project's folder of the notebook that the user looks at; `null` when it lies elsewhere. */
export function notebookIn(notebooks: INotebookTracker | null, folder: string | null): string | null {
  const path = notebooks?.currentWidget?.context.localPath;
  if (folder === null || path === undefined) {
    return null;
  }
  return folder === '' ? path : path.startsWith(folder + '/') ? path.slice(folder.length + 1) : null;
}

/** The notebook that the user looks at. */
export class CurrentNotebook extends Observable {
  constructor(private readonly _notebooks: INotebookTracker | null) {
    super();
    _notebooks?.currentChanged.connect((_, panel) => this._onCurrent(panel));
    this._onCurrent(_notebooks?.currentWidget ?? null);
  }

  /** Its path of the contents API. */
  get path(): string | null {
    return this._notebooks?.currentWidget?.context.localPath ?? null;
  }

  private _onCurrent(panel: NotebookPanel | null): void {
    this._panel?.context.pathChanged.disconnect(this._onPath, this);
    this._panel = panel;
    panel?.context.pathChanged.connect(this._onPath, this);
    this.notify();
  }

  private _onPath(): void {
    this.notify();
  }

  private _panel: NotebookPanel | null = null;
}
