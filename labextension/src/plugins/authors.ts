import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { Margins } from '../authors/margins';
import type { Shown } from '../authors/words';
import { CommandIDs } from '../commands';
import { ISessions } from '../tokens';

const ID = 'jupyter-sessions:authors';

/** Who wrote the cells of a notebook, in its margin on demand. */
export const authors: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Who wrote the cells of a notebook, in its margin.',
  autoStart: true,
  requires: [ISessions, INotebookTracker],
  optional: [ITranslator, ISettingRegistry, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    notebooks: INotebookTracker,
    translator: ITranslator | null,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null
  ): void => {
    const { commands, serviceManager } = app;
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    let shown: Shown = 'off';
    let margins: Promise<Margins> | null = null;
    const load = async () => {
      // The code is loaded when it is wanted first.
      const [{ Margins }] = await Promise.all([import('../authors/margins'), serviceManager.user.ready]);
      return new Margins({ trans, sessions, notebooks, user: serviceManager.user });
    };
    const show = async (value: Shown) => {
      shown = value;
      commands.notifyCommandChanged(CommandIDs.showAuthors);
      if (value !== 'off' || margins) {
        margins ??= load();
        (await margins).shown = shown;
      }
    };
    const settings = registry?.load(ID);
    void settings?.then(loaded => {
      const read = () => void show(loaded.get('show').composite as Shown);
      loaded.changed.connect(read);
      read();
    });
    commands.addCommand(CommandIDs.showAuthors, {
      label: ({ show }) =>
        show === 'agent' ? trans.__('Show What the Agent Wrote') : trans.__('Show Who Wrote Each Cell'),
      caption: trans.__('Names and bars in the margin of notebooks'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            show: {
              type: 'string',
              enum: ['off', 'agent', 'all'],
              description: trans.__('Whose cells; without it all are shown, or none')
            }
          }
        }
      },
      isToggleable: true,
      isToggled: ({ show }) => (show === undefined ? shown !== 'off' : shown === show),
      execute: async ({ show: asked }) => {
        const wanted = (asked ?? 'all') as Shown;
        const value =
          asked === undefined ? (shown === 'off' ? 'all' : 'off') : shown === wanted ? 'off' : wanted;
        // The setting tells all windows.
        await (settings ? (await settings).set('show', value) : show(value));
      }
    });
    const category = trans.__('Sessions');
    palette?.addItem({ command: CommandIDs.showAuthors, category });
    palette?.addItem({ command: CommandIDs.showAuthors, category, args: { show: 'agent' } });
  }
};
