import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { CommandIDs } from '../commands';
import { ISessions } from '../tokens';

/**
 * Opens what the page's address names:
 * `?sessions-project=<id>&sessions-session=<id>&sessions-at=<event>&sessions-notebook=<path>`.
 */
export const address: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:address',
  description: 'Opens the project, session and notebook that the address of the page names.',
  autoStart: true,
  requires: [ISessions],
  activate: (app: JupyterFrontEnd, sessions: ISessions): void => {
    const { projects } = sessions;
    // JupyterLab takes the query out of the address once it has started.
    const named = new URLSearchParams(window.location.search);
    const project = named.get('sessions-project');
    if (!project) {
      return;
    }
    const session = named.get('sessions-session');
    const path = named.get('sessions-notebook');
    void app.restored.then(async () => {
      await projects.load();
      projects.select(project);
      await app.commands.execute(CommandIDs.showChats);
      if (path) {
        await app.commands.execute('docmanager:open', { path });
      }
      if (session) {
        const at = Number(named.get('sessions-at'));
        const place = Number.isInteger(at) && at > 0 ? { at } : {};
        await app.commands.execute(CommandIDs.openSession, { project, session, ...place });
      }
    });
  }
};
