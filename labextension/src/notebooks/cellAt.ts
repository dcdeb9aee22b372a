import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

export type CellWidget = NotebookPanel['content']['widgets'][number];

/**
 * The cell that a command is for: the one under its context menu, else the one that is active.
 *
 * JupyterLab remembers the place of a menu that was closed: it counts as long as its cell is selected.
 */
export function cellAt({ app, notebooks }: { app: JupyterFrontEnd; notebooks: INotebookTracker }): {
  panel: NotebookPanel | null;
  cell: CellWidget | null;
} {
  const panel = notebooks.currentWidget;
  const node = app.contextMenuHitTest(each => each.classList.contains('jp-Cell'));
  const cell = panel?.content.widgets.find(each => each.node === node);
  const isMeant = cell && panel?.content.isSelectedOrActive(cell);
  return { panel, cell: isMeant ? cell : notebooks.activeCell };
}
