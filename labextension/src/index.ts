import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { address } from './plugins/address';
import { chats } from './plugins/chats';
import { conversation } from './plugins/conversation';
import { core } from './plugins/core';
import { launcher } from './plugins/launcher';
import { notebooks } from './plugins/notebooks';
import { start } from './plugins/start';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  core,
  address,
  chats,
  conversation,
  launcher,
  notebooks,
  start
];

export default plugins;
