import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

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
  const shown = await revealCell(panel, id, () => app.shell.activateById(panel.id));
  return shown ? 'shown' : 'gone';
}

/** Make a cell the active one and scroll to it, once `show` has brought up its tab; whether it is there. */
export async function revealCell(
  { context, content }: NotebookPanel,
  id: string,
  show: () => void = () => undefined
): Promise<boolean> {
  await context.ready;
  const index = content.widgets.findIndex(cell => cell.model.id === id);
  const cell = content.widgets[index];
  if (!cell) {
    return false;
  }
  show();
  content.activeCellIndex = index;
  await content.scrollToCell(cell, 'center');
  return true;
}
