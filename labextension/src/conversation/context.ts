import * as React from 'react';

import type { Session } from '../api/schema';
import type { IMenuItem } from '../components/menu';
import type { BranchesModel } from '../models/branches';
import type { ConversationModel } from '../models/conversation';
import type { ModelsModel } from '../models/models';
import type { Mentions } from './complete/mentions';
import type { Findings } from '../models/sessionFindings';
import type { CurrentNotebook } from '../notebooks/current';
import type { Renderer } from './renderer';

/** What the views of one conversation share. */
export interface IConversationContext {
  readonly model: ConversationModel;
  readonly models: ModelsModel;
  readonly renderer: Renderer;
  readonly mentions: Mentions;
  readonly showReasoning: boolean;
  /** Path below the project of the notebook that the user looks at. */
  notebook(): string | null;
  /** Branches of the project. */
  readonly branches: BranchesModel;
  /** The notebook that the user looks at, wherever it lies. */
  readonly viewed: CurrentNotebook;
  /** Choose the branch that the session works on, from a list at this button. */
  pickBranch(at: HTMLElement): void;
  /** Open a file of the project; a notebook on a branch, else on the session's. */
  open(path: string, branch?: string | null): void;
  /** Open another session of the project, at an event when one is named. */
  openSession(session: string, at: number | null): void;
  focusComposer(): void;
  /** The kinds of file that a session can be saved as. */
  exports(session: Session): IMenuItem[];
  /** Key results and disposition of a session of the project. */
  findings(session: string): Findings;
  /**
   * Scroll an open notebook to a cell, on a branch, else on the session's: `closed` when it is not open,
   * `gone` when it has no such cell.
   */
  showCell(notebook: string, cell: string, branch?: string | null): Promise<'shown' | 'closed' | 'gone'>;
  /** Show what a run has changed, cell by cell. */
  reviewRun(run: string): void;
  /** Show a merge, to decide about it. */
  openMerge(merge: string): void;
  /** Show the pane that lists the key results. */
  showResults(): void;
}

export const ConversationContext = React.createContext<IConversationContext | null>(null);

export function useConversation(): IConversationContext {
  const context = React.useContext(ConversationContext);
  if (!context) {
    throw new Error('A view of a conversation is shown outside of one.');
  }
  return context;
}
