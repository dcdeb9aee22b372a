import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, type ISessionContext } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, NO_ARGS } from '../commands';
import { ISessions } from '../tokens';

/** What the server calls a console of this kind. */
const PATH = /(^|\/)peek-[0-9a-f]{12}$/;

/** Looking into a kernel while a cell runs. */
export const peek: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:peek',
  description: 'Opens a console on a copy of a kernel that is made in the middle of a cell.',
  autoStart: true,
  requires: [ISessions, INotebookTracker],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    notebooks: INotebookTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const current = () => {
      const panel = notebooks.currentWidget;
      return panel && sessions.projects.at(panel.context.localPath) ? panel : null;
    };
    app.commands.addCommand(CommandIDs.peek, {
      label: trans.__('Peek at the Running Cell'),
      caption: trans.__('Look at its variables in a console; the cell goes on'),
      describedBy: NO_ARGS,
      isVisible: () => current() !== null,
      isEnabled: () => current()?.sessionContext.session?.kernel?.status === 'busy',
      execute: async () => {
        const panel = current();
        if (panel) {
          const { openPeek } = await import('../kernels/peek');
          await openPeek(app, sessions, panel);
        }
      }
    });
    palette?.addItem({ command: CommandIDs.peek, category: trans.__('Sessions') });
    const changed = () => app.commands.notifyCommandChanged(CommandIDs.peek);
    sessions.projects.changed.connect(changed);
    notebooks.currentChanged.connect(changed);
    notebooks.widgetAdded.connect((_, panel) => panel.sessionContext.statusChanged.connect(changed));
    void app.restored.then(() => endWithTheirTabs(app));
  }
};

/** A console that a reload has brought back does not know that its kernel ends with it. */
function endWithTheirTabs({ shell }: JupyterFrontEnd): void {
  for (const widget of shell.widgets('main')) {
    const context = (widget as { sessionContext?: ISessionContext }).sessionContext;
    if (context && PATH.test(context.path)) {
      context.kernelPreference = { ...context.kernelPreference, shutdownOnDispose: true };
    }
  }
}
