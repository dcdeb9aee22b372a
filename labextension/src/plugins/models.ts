import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, NO_ARGS } from '../commands';
import type { SetupPage } from '../setup';
import { IConversations, ISessions } from '../tokens';

/** The page that looks for models, and says why one cannot be used. */
export const models: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:models',
  description: 'The page that looks for models, and says why one cannot be used.',
  autoStart: true,
  requires: [ISessions, IConversations],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    conversations: IConversations,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    let page: SetupPage | null = null;
    commands.addCommand(CommandIDs.openModels, {
      label: trans.__('Set Up a Model'),
      caption: trans.__('What models there are, and why one cannot be used'),
      describedBy: NO_ARGS,
      execute: async () => {
        // The page's code is loaded with the first one.
        const { SetupPage } = await import('../setup');
        if (!page || page.isDisposed) {
          page = new SetupPage(trans, sessions, conversations);
          shell.add(page, 'main', { activate: false });
        }
        shell.activateById(page.id);
      }
    });
    sessions.models.setupWanted.connect(() => void commands.execute(CommandIDs.openModels));
    palette?.addItem({ command: CommandIDs.openModels, category: trans.__('Sessions') });
  }
};
