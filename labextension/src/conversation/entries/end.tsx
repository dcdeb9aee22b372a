import { editIcon, undoIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { RunChanges } from '../../api/schema';
import { telling } from '../../chats/dialogs';
import { Button } from '../../components/button';
import { changedText } from '../../components/changes';
import { duration, fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { IChanges, IEndEntry, IUndone } from '../../models/entries';
import { useConversation } from '../context';
import { usageText } from '../usage';
import { undoneOf, undoneText } from './undoing';

/** The last line of a run: what it has changed, what it has cost. */
export function End({ entry }: { entry: IEndEntry }): React.JSX.Element {
  const trans = useTrans();
  const { changes, usage } = entry;
  const cost = usageText(trans, usage);
  return (
    <div
      className={`jps-End${changes ? ' jps-mod-changed' : ''}`}
      data-block
      tabIndex={-1}
      title={`${duration(trans, entry.durationMs)} · ${fullTime(entry.ts)}`}
    >
      {changes && <Changed entry={entry} changes={changes} />}
      {cost && <span className="jps-End-cost">{cost}</span>}
    </div>
  );
}

/** What a run has changed, or that it was taken back; with the way to look at it. */
function Changed({ entry, changes }: { entry: IEndEntry; changes: IChanges }): React.JSX.Element {
  const trans = useTrans();
  const { model, reviewRun } = useConversation();
  const run = entry.runId ?? '';
  const [answer, setAnswer] = React.useState<{ after: IUndone | null; undone: IUndone | null } | null>(null);
  const [busy, setBusy] = React.useState(false);
  // The event that says it may lie below what is loaded.
  const undone = answer?.after === entry.undone ? answer.undone : entry.undone;
  const act = async (change: () => Promise<RunChanges>) => {
    setBusy(true);
    const changed = await telling(change);
    setBusy(false);
    if (changed) {
      setAnswer({ after: entry.undone, undone: undoneOf(changed) });
    }
  };
  const Icon = undone ? undoIcon : editIcon;
  return (
    <>
      <Icon.react tag="span" className="jps-Icon jps-mod-small" />
      <span>{undone ? `${undoneText(trans, undone)}.` : changedText(trans, changes)}</span>
      {!undone && (
        <span className="jps-End-lines">
          {changes.added > 0 && `+${changes.added}`} {changes.removed > 0 && `−${changes.removed}`}
        </span>
      )}
      {changes.kept && (
        <span className="jps-End-acts">
          <Button look="flat" onClick={() => reviewRun(run)}>
            {trans.__('Review')}
          </Button>
          {undone ? (
            <Button look="flat" disabled={busy} onClick={() => void act(() => model.acts.redo(run))}>
              {trans.__('Redo')}
            </Button>
          ) : (
            <Button
              look="flat"
              icon={undoIcon}
              disabled={busy}
              onClick={() => void act(() => model.acts.undo(run))}
            >
              {trans.__('Undo')}
            </Button>
          )}
        </span>
      )}
    </>
  );
}
