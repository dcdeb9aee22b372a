import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { address } from './plugins/address';
import { chats } from './plugins/chats';
import { conversation } from './plugins/conversation';
import { core } from './plugins/core';
import { findings } from './plugins/findings';
import { launcher } from './plugins/launcher';
import { models } from './plugins/models';
import { notebooks } from './plugins/notebooks';
import { project } from './plugins/project';
import { start } from './plugins/start';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  core,
  address,
  chats,
  conversation,
  findings,
  launcher,
  models,
  notebooks,
  project,
  start
];

export default plugins;
