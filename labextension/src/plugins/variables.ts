import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { variableIcon } from '@jupyterlab/ui-components';

import { CommandIDs, NO_ARGS } from '../commands';
import { LatePanel } from '../components/latePanel';
import { ISessions } from '../tokens';

/** What the kernel of the current notebook holds, and its checkpoints. */
export const variables: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:variables',
  description: 'Variables and checkpoints of the current notebook’s kernel, in the right sidebar.',
  autoStart: true,
  requires: [ISessions, INotebookTracker],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    notebooks: INotebookTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const panel = new LatePanel(trans, async () =>
      (await import('../variables')).variablesPanel({ trans, sessions, notebooks })
    );
    panel.id = 'jupyter-sessions-variables';
    panel.title.icon = variableIcon;
    panel.title.caption = trans.__('Variables');
    panel.node.setAttribute('role', 'region');
    panel.node.setAttribute('aria-label', panel.title.caption);
    app.shell.add(panel, 'right', { rank: 300, type: 'Variables' });
    restorer?.add(panel, panel.id);
    app.commands.addCommand(CommandIDs.showVariables, {
      label: trans.__('Show Variables'),
      caption: trans.__('What the kernel of the notebook holds, and its checkpoints'),
      describedBy: NO_ARGS,
      execute: () => app.shell.activateById(panel.id)
    });
    palette?.addItem({ command: CommandIDs.showVariables, category: trans.__('Sessions') });
  }
};
