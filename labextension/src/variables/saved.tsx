import * as React from 'react';

import type { CheckpointList, KeptNamespace } from '../api/schema';
import { telling } from '../chats/dialogs';
import { Button } from '../components/button';
import { fullTime } from '../components/times';
import { useTrans } from '../components/trans';
import type { VariablesModel } from './model';
import { checkpointName, savedBudgetText, savedText } from './words';

interface IProps {
  model: VariablesModel;
  kept: CheckpointList;
}

/** What was saved to the disk, and outlives the kernel. */
export function SavedVariables({ model, kept }: IProps): React.JSX.Element | null {
  const trans = useTrans();
  const id = React.useId();
  if (kept.saved.length === 0) {
    return null;
  }
  return (
    <div className="jps-Saved">
      <h4 id={id}>{trans.__('Saved on the disk (%1)', kept.saved.length)}</h4>
      <ul aria-labelledby={id}>
        {kept.saved.map(each => (
          <Row key={each.made_at} model={model} saved={each} />
        ))}
      </ul>
      <div className="jps-Checkpoints-foot">
        <span>{savedBudgetText(trans, kept)}</span>
        <Button look="flat" onClick={() => void telling(() => model.dropSaved())}>
          {trans.__('Remove from the disk')}
        </Button>
      </div>
    </div>
  );
}

function Row({ model, saved }: { model: VariablesModel; saved: KeptNamespace }): React.JSX.Element {
  const trans = useTrans();
  const cell = model.cell(saved.cell_id);
  return (
    <li className="jps-Checkpoint" title={trans.__('Saved at %1', fullTime(saved.made_at))}>
      <span className="jps-Checkpoint-cell">
        {checkpointName(trans, cell)}
        {cell && <code>{cell.line}</code>}
      </span>
      <span className="jps-mod-muted">{savedText(trans, saved)}</span>
    </li>
  );
}
