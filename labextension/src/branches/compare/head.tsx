import { stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { telling } from '../../chats/dialogs';
import { Button } from '../../components/button';
import { diamondIcon } from '../../components/icons';
import { StateMark } from '../../components/marks';
import { useTrans } from '../../components/trans';
import { MAIN } from '../../models/branches';
import { engineWord } from '../fork/words';
import { StatusMark } from '../status';
import type { BranchComparison } from './model';
import { progressMark, progressText } from './words';

interface IHeadProps {
  model: BranchComparison;
  id: string;
  onOpen(): void;
  onConverge(): void;
}

/** The head of a column: the branch, how far it is, and what can be done with it. */
export function ColumnHead(props: IHeadProps): React.JSX.Element {
  const { model, id, onOpen, onConverge } = props;
  const trans = useTrans();
  const name = model.branches.nameOf(id);
  const progress = model.progress(id);
  const running = progress?.state === 'running';
  return (
    <div role="columnheader" className="jps-Compare-head">
      <div className="jps-Row-name">
        <button
          type="button"
          className="jps-Compare-name jps-Row-text"
          title={trans.__('Open the notebook on %1', name)}
          onClick={onOpen}
        >
          {name}
        </button>
      </div>
      <Line model={model} id={id} />
      <div className="jps-Compare-acts">
        {running ? (
          <Button
            icon={stopIcon}
            aria-label={trans.__('Stop %1', name)}
            onClick={() => void telling(() => model.stop(id))}
          >
            {trans.__('Stop')}
          </Button>
        ) : (
          id !== MAIN && (
            <Button
              icon={diamondIcon}
              aria-label={trans.__('Converge on %1…', name)}
              title={trans.__('Its cells and its kernel go to %1', MAIN)}
              onClick={onConverge}
            >
              {trans.__('Converge on This One…')}
            </Button>
          )
        )}
      </div>
    </div>
  );
}

/** How its cells run, else how the branch stands. */
function Line({ model, id }: { model: BranchComparison; id: string }): React.JSX.Element {
  const trans = useTrans();
  const progress = model.progress(id);
  const branch = model.branch(id);
  if (progress) {
    const text = progressText(trans, progress);
    return (
      <div className="jps-Compare-state" role="status" title={text}>
        <StateMark mark={progressMark(progress)} />
        <span>{text}</span>
      </div>
    );
  }
  return (
    <div className="jps-Compare-state">
      {branch && <StatusMark status={branch.status} />}
      {branch?.fork && <span className="jps-mod-muted">{engineWord(trans, branch.fork.engine)}</span>}
    </div>
  );
}
