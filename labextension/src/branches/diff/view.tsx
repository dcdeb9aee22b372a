import * as React from 'react';

import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import type { Colours } from './colours';
import { DiffContext, type ILook, LOOK } from './context';
import type { CellContents } from './contents';
import { entriesOf } from './entries';
import { DiffEntryView, LineCounts } from './entry';
import { ChangesHead } from './head';
import { Items } from './items';
import type { DiffModel } from './model';

import { countCells, nameOf, refName, verbOf } from '../../components/cells';
import { useNewKept } from './kept';
import { PageState } from './state';
import { actOf, takeFocus, useSteps } from './steps';

interface IDiffViewProps {
  model: DiffModel;
  colours: Colours;
  contents: CellContents;
}

/** What differs between two states of a notebook. */
export function DiffView(props: IDiffViewProps): React.JSX.Element {
  const { model, colours, contents } = props;
  const trans = useTrans();
  useModel(model);
  const [look, setLook] = React.useState<ILook>(LOOK);
  const kept = useNewKept();
  const { diff } = model;
  const entries = React.useMemo(
    () =>
      diff ? entriesOf([diff], look, cell => `${verbOf(trans, cell.change)} ${nameOf(trans, cell)}`) : [],
    [diff, look, trans]
  );
  const steps = useSteps(entries.filter(each => each.kind === 'cell').map(each => each.key));
  if (!diff || model.state !== 'ready') {
    return (
      <PageState
        state={model.state === 'ready' ? 'loading' : model.state}
        gone={trans.__('This notebook, or one of the two versions, is not there any more.')}
        failed={trans.__('The versions cannot be compared')}
        error={model.error}
        onRetry={() => void model.load()}
      />
    );
  }
  const { from, to, fromName, toName } = model.args;
  const names = [fromName ?? refName(trans, from), toName ?? refName(trans, to)];
  const cells = countCells([diff]);
  return (
    <DiffContext.Provider value={{ look, colours, contents, kept }}>
      <div
        ref={takeFocus}
        className="jps-Changes-parts"
        role="group"
        aria-label={trans.__('From %1 to %2', ...names)}
        tabIndex={-1}
        onKeyDown={event => {
          const act = actOf(event);
          if (act === 'next' || act === 'previous') {
            event.preventDefault();
            steps.step(act === 'next' ? 1 : -1);
          }
        }}
      >
        <ChangesHead look={look} onLook={setLook} onStep={steps.step}>
          <b title={names[0]}>{names[0]}</b>
          <span className="jps-mod-muted">{trans.__('to')}</span>
          <b title={names[1]}>{names[1]}</b>
          <span className="jps-mod-muted">
            {cells === 0
              ? trans.__('no cell was changed')
              : trans._n('%1 cell changed', '%1 cells changed', cells)}
          </span>
          <LineCounts added={diff.lines_added} removed={diff.lines_removed} />
        </ChangesHead>
        <Items
          items={entries}
          label={trans.__('Changes')}
          current={steps.current}
          goal={steps.goal}
          onCurrent={steps.setCurrent}
          render={entry => <DiffEntryView entry={entry} />}
        />
      </div>
    </DiffContext.Provider>
  );
}
