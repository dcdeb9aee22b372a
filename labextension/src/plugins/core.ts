import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStateDB } from '@jupyterlab/statedb';

import { ModelsModel } from '../models/models';
import { ProjectsModel } from '../models/projects';
import { EventSockets } from '../models/socket';
import { ISessions } from '../tokens';

/** Projects, sessions and the event socket, shared by all views. */
export const core: JupyterFrontEndPlugin<ISessions> = {
  id: 'jupyter-sessions:core',
  description: 'Projects, sessions and their events, shared by all views.',
  autoStart: true,
  provides: ISessions,
  optional: [IStateDB],
  activate: (app: JupyterFrontEnd, state: IStateDB | null): ISessions => {
    const settings = app.serviceManager.serverSettings;
    const sockets = new EventSockets(settings);
    const projects = new ProjectsModel(settings, sockets, state);
    const models = new ModelsModel(settings);
    // JupyterLab itself would look only at its next poll, and send what is run to a kernel that is gone.
    projects.converged.connect(() => void app.serviceManager.sessions.refreshRunning());
    void app.restored.then(() => projects.load());
    return { settings, sockets, projects, models };
  }
};
