import { caretUpIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Session } from '../api/schema';
import { branchIcon } from '../components/icons';
import { useTrans } from '../components/trans';
import { type BranchesModel, MAIN } from '../models/branches';
import { useModel } from '../models/observable';

interface IFootProps {
  /** The session whose tab was last current. */
  session?: Session;
  branches: BranchesModel | null;
  /** Choose another branch for the session, from a list at this button. */
  onBranch(session: Session, at: HTMLElement): void;
}

/** The branch of the session whose tab was last current; without one, main. */
export function Foot({ session, branches, onBranch }: IFootProps): React.JSX.Element {
  const trans = useTrans();
  useModel(branches);
  const id = session?.active_branch ?? MAIN;
  const name = branches?.nameOf(id) ?? MAIN;
  const tooltip = session
    ? trans.__('Active branch of “%1”: %2', session.name, name)
    : trans.__('Open a session to choose the branch that it works on.');
  return (
    <div className="jps-Chats-foot" title={tooltip}>
      <button
        type="button"
        className="jps-Picker"
        aria-label={session ? tooltip : trans.__('Active branch: %1. %2', name, tooltip)}
        aria-haspopup="dialog"
        aria-expanded="false"
        disabled={!session}
        onClick={event => session && onBranch(session, event.currentTarget)}
      >
        <branchIcon.react tag="span" className="jps-Icon" />
        <span className="jps-Picker-name">{name}</span>
        {session && <caretUpIcon.react tag="span" className="jps-Icon jps-mod-small" />}
      </button>
    </div>
  );
}
