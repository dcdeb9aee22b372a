import type { ServerConnection } from '@jupyterlab/services';
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';

import type { KeyResultsWidget } from './conversation';
import type { IConversationContext } from './conversation/context';
import type { ModelsModel } from './models/models';
import type { ProjectsModel } from './models/projects';
import type { EventSockets } from './models/socket';

/** What all our plugins share: one of each for a browser tab. */
export interface ISessions {
  readonly settings: ServerConnection.ISettings;
  readonly sockets: EventSockets;
  readonly projects: ProjectsModel;
  readonly models: ModelsModel;
}

export const ISessions = new Token<ISessions>(
  'jupyter-sessions:ISessions',
  'Projects, sessions and the event socket of this browser tab.'
);

/** The conversations that are open. */
export interface IConversations {
  /** Id of the session whose tab was last current. */
  readonly current: string | null;
  isOpen(session: string): boolean;
  /** Close the tab of a session that is gone. */
  close(session: string): void;
  /** Open a session with a message begun, for the person to go on with. */
  write(project: string, session: string, text: string): Promise<void>;
  /** Be told when another one is current, or when one is opened or closed, until that is disposed. */
  onChange(callback: () => void): IDisposable;
  /** What the cards of a session need, in a tab of another kind. */
  contextOf(project: string, session: string): Promise<IConversationContext>;
  /** Make the tab with the key results of a session. */
  makeResults(project: string, session: string): Promise<KeyResultsWidget>;
}

export const IConversations = new Token<IConversations>(
  'jupyter-sessions:IConversations',
  'Which conversations are open, and which was last current.'
);
