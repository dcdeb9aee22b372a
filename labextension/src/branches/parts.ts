import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IConversations, ISessions } from '../tokens';

/** What acting on branches needs. */
export interface IBranchParts {
  readonly app: JupyterFrontEnd;
  readonly sessions: ISessions;
  readonly conversations: IConversations;
  readonly trans: TranslationBundle;
}
