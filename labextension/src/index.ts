import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { address } from './plugins/address';
import { chats } from './plugins/chats';
import { conversation } from './plugins/conversation';
import { core } from './plugins/core';
import { findings } from './plugins/findings';
import { launcher } from './plugins/launcher';
import { notebooks } from './plugins/notebooks';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  core,
  address,
  chats,
  conversation,
  findings,
  launcher,
  notebooks
];

export default plugins;
