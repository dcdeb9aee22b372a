import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { NotebookFollowers } from '../notebooks/followers';
import { ISessions } from '../tokens';

/** Open notebooks follow what the agent does to their files. */
export const notebooks: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:notebooks',
  description: 'Open notebooks follow what the agent does to them.',
  autoStart: true,
  requires: [ISessions, INotebookTracker],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    tracker: INotebookTracker,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const followers = new NotebookFollowers(sessions, app.serviceManager.contents, ({ path, cell }) =>
      Notification.warning(
        trans.__(
          'Cell %1 of %2 was changed elsewhere while you edit it. Your text was kept.',
          cell,
          PathExt.basename(path)
        ),
        { autoClose: false }
      )
    );
    tracker.forEach(panel => followers.add(panel.context));
    tracker.widgetAdded.connect((_, panel) => followers.add(panel.context));
  }
};
