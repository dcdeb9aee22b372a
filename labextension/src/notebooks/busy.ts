import type { ICodeCellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';

/**
 * Whether a cell runs in a notebook's kernel.
 *
 * JupyterLab takes the end of any request, a widget's for one, for the end of the running cell; of a
 * cell that began before a reload it knows nothing but the status.
 */
export function isBusy(panel: NotebookPanel | null): boolean {
  const runs = ({ executionState }: ICodeCellModel) => executionState === 'running';
  return (
    panel?.sessionContext.session?.kernel?.status === 'busy' ||
    !!panel?.content.widgets.some(({ model }) => runs(model as ICodeCellModel))
  );
}
