import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';

/** Bring a cell of an open notebook into view. */
export async function showCell(
  { app, notebooks }: { app: JupyterFrontEnd; notebooks: INotebookTracker | null },
  path: string,
  id: string
): Promise<'shown' | 'closed' | 'gone'> {
  const panel = notebooks?.find(each => each.context.localPath === path);
  if (!panel) {
    return 'closed';
  }
  await panel.context.ready;
  const { content } = panel;
  const index = content.widgets.findIndex(cell => cell.model.id === id);
  const cell = content.widgets[index];
  if (!cell) {
    return 'gone';
  }
  app.shell.activateById(panel.id);
  content.activeCellIndex = index;
  await content.scrollToCell(cell, 'center');
  return 'shown';
}
