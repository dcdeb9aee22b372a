import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { chats } from './plugins/chats';
import { conversation } from './plugins/conversation';
import { core } from './plugins/core';
import { launcher } from './plugins/launcher';
import { notebooks } from './plugins/notebooks';

const plugins: JupyterFrontEndPlugin<unknown>[] = [core, chats, conversation, launcher, notebooks];

export default plugins;
