import type { INotebookTracker } from '@jupyterlab/notebook';

/** Path below a project's folder of the notebook that the user looks at; `null` when it lies elsewhere. */
export function notebookIn(notebooks: INotebookTracker | null, folder: string | null): string | null {
  const path = notebooks?.currentWidget?.context.localPath;
  if (folder === null || path === undefined) {
    return null;
  }
  return folder === '' ? path : path.startsWith(folder + '/') ? path.slice(folder.length + 1) : null;
}
