import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { address } from './plugins/address';
import { authors } from './plugins/authors';
import { chats } from './plugins/chats';
import { compare } from './plugins/compare';
import { conversation } from './plugins/conversation';
import { core } from './plugins/core';
import { findings } from './plugins/findings';
import { fork } from './plugins/fork';
import { history } from './plugins/history';
import { kernels } from './plugins/kernels';
import { launcher } from './plugins/launcher';
import { models } from './plugins/models';
import { notebookBranch } from './plugins/notebookBranch';
import { notebooks } from './plugins/notebooks';
import { project } from './plugins/project';
import { review } from './plugins/review';
import { start } from './plugins/start';
import { variables } from './plugins/variables';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  core,
  address,
  authors,
  chats,
  compare,
  conversation,
  findings,
  fork,
  history,
  kernels,
  launcher,
  models,
  notebookBranch,
  notebooks,
  project,
  review,
  start,
  variables
];

export default plugins;
