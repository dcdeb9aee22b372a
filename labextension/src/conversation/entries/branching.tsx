import { checkIcon, undoIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Button } from '../../components/button';
import { branchIcon } from '../../components/icons';
import { clock, fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { IMergeEntry, ISwitchedEntry, IUndoneEntry } from '../../models/entries';
import { useConversation } from '../context';
import { undoneText } from './undoing';

/** From here on the session works on another branch. */
export function Switched({ entry }: { entry: ISwitchedEntry }): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Came" data-block tabIndex={-1} title={fullTime(entry.ts)}>
      <branchIcon.react tag="span" className="jps-Icon jps-mod-small" />
      <span>{trans.__('Works on %1 from here on', entry.name)}</span>
    </div>
  );
}

/** What a run further up had changed was taken back. */
export function UndoneLater({ entry }: { entry: IUndoneEntry }): React.JSX.Element {
  const trans = useTrans();
  const { reviewRun } = useConversation();
  const { undone, runId } = entry;
  return (
    <div className="jps-End jps-mod-changed" data-block tabIndex={-1} title={fullTime(entry.ts)}>
      <undoIcon.react tag="span" className="jps-Icon jps-mod-small" />
      <span>
        {undone
          ? trans.__('Of a run further up: %1', undoneText(trans, undone))
          : trans.__('The changes of a run further up are there again')}
      </span>
      <span className="jps-End-acts">
        <Button look="flat" onClick={() => reviewRun(runId ?? '')}>
          {trans.__('Review')}
        </Button>
      </span>
    </div>
  );
}

/** A merge that the agent proposes: only a person can approve it. */
export function Merging({ entry }: { entry: IMergeEntry }): React.JSX.Element {
  const trans = useTrans();
  const { openMerge } = useConversation();
  const { status, source, target, cells } = entry;
  if (status !== 'open') {
    return (
      <div className="jps-End jps-mod-changed" data-block tabIndex={-1} title={fullTime(entry.ts)}>
        {status === 'merged' && <checkIcon.react tag="span" className="jps-Icon jps-mod-ok jps-mod-small" />}
        <span>
          {status === 'merged'
            ? trans._n('Merged %1 cell of %2 into %3', 'Merged %1 cells of %2 into %3', cells, source, target)
            : trans.__('The merge of %1 into %2 was closed', source, target)}
        </span>
        <span className="jps-End-acts">
          <Button look="flat" onClick={() => openMerge(entry.merge)}>
            {trans.__('Open')}
          </Button>
        </span>
      </div>
    );
  }
  return (
    <div
      className="jps-Card jps-mod-here"
      role="group"
      aria-label={trans.__('Merge %1 into %2?', source, target)}
      data-block
      tabIndex={-1}
    >
      <div className="jps-Card-head">
        <span className="jps-Card-title">
          <branchIcon.react tag="span" className="jps-Icon jps-mod-small" />
          {trans.__('Merge %1 into %2?', source, target)}
        </span>
        <span className="jps-Card-time" title={fullTime(entry.ts)}>
          {clock(entry.ts)}
        </span>
      </div>
      <div className="jps-Card-body">
        <p>{trans.__('The agent proposes it. You see each cell before anything is merged.')}</p>
        <div className="jps-Actions">
          <Button look="primary" onClick={() => openMerge(entry.merge)}>
            {trans.__('Review and merge')}
          </Button>
        </div>
      </div>
    </div>
  );
}
