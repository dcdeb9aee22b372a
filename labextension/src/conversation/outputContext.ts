import * as React from 'react';

import type { ConversationModel } from '../models/conversation';
import type { Observable } from '../models/observable';
import { ConversationContext } from './context';
import type { Renderer } from './renderer';

/** What outputs need to be shown, in a conversation or elsewhere. */
export interface IOutputContext {
  readonly renderer: Renderer;
  /** Where large texts are read. */
  readonly blobs: (Observable & Pick<ConversationModel, 'blob' | 'blobFailure'>) | null;
}

/** For views that are no conversation. */
export const OutputContext = React.createContext<IOutputContext | null>(null);

export function useOutputs(): IOutputContext {
  const own = React.useContext(OutputContext);
  const conversation = React.useContext(ConversationContext);
  if (own) {
    return own;
  }
  if (!conversation) {
    throw new Error('An output is shown outside of a conversation.');
  }
  return { renderer: conversation.renderer, blobs: conversation.model };
}
