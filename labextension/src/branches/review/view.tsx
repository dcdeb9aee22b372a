import { redoIcon, undoIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { RunChanges } from '../../api/schema';
import { Button } from '../../components/button';
import { ErrorMark } from '../../components/marks';
import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import type { Colours } from '../diff/colours';
import { DiffContext, type ILook, LOOK } from '../diff/context';
import type { CellContents } from '../diff/contents';
import { type DiffEntry, entriesOf } from '../diff/entries';
import { DiffEntryView, LineCounts } from '../diff/entry';
import { ChangesHead } from '../diff/head';
import { type IItem, Items } from '../diff/items';
import { nameOf, verbOf } from '../../components/cells';
import { useNewKept } from '../diff/kept';
import { PageState } from '../diff/state';
import { actOf, takeFocus, useSteps } from '../diff/steps';
import { CellActions, CellNotice } from './cellActions';
import { Files } from './files';
import type { ReviewModel } from './model';
import { changedText, counted, leftText } from '../../components/changes';

interface IReviewViewProps {
  model: ReviewModel;
  colours: Colours;
  contents: CellContents;
}

/** What a run changed, to keep or to take back. */
export function ReviewView(props: IReviewViewProps): React.JSX.Element {
  const { model } = props;
  const trans = useTrans();
  useModel(model);
  const { changes } = model;
  return changes && model.state === 'ready' ? (
    <Changes {...props} changes={changes} />
  ) : (
    <PageState
      state={model.state === 'ready' ? 'loading' : model.state}
      gone={trans.__('This run is not there any more.')}
      failed={trans.__('The changes of the run cannot be read')}
      error={model.error}
      onRetry={() => void model.load()}
    />
  );
}

type Row = DiffEntry | (IItem & { readonly kind: 'files' });

function Changes(props: IReviewViewProps & { changes: RunChanges }): React.JSX.Element {
  const { model, colours, contents, changes } = props;
  const trans = useTrans();
  const [look, setLook] = React.useState<ILook>(LOOK);
  const kept = useNewKept();
  const { diffs } = model;
  const rows = React.useMemo(() => {
    const entries: Row[] = entriesOf(
      diffs,
      look,
      cell => `${verbOf(trans, cell.change)} ${nameOf(trans, cell)}`
    );
    if (changes.files.length > 0 || changes.incomplete) {
      entries.push({ kind: 'files', key: 'files', label: trans.__('Other files'), height: 80 });
    }
    return entries;
  }, [diffs, changes, look, trans]);
  const steps = useSteps(rows.filter(each => each.kind === 'cell').map(each => each.key));
  return (
    <DiffContext.Provider value={{ look, colours, contents, kept }}>
      <div
        ref={takeFocus}
        className="jps-Changes-parts"
        role="group"
        aria-label={trans.__('Changes of a run')}
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
          <Titled model={model} changes={changes} />
        </ChangesHead>
        {rows.length === 0 && (
          <p className="jps-Page-column">{trans.__('This run changed no cells and no files.')}</p>
        )}
        <Items
          items={rows}
          label={trans.__('Changes')}
          current={steps.current}
          goal={steps.goal}
          onCurrent={steps.setCurrent}
          render={row =>
            row.kind === 'files' ? (
              <Files model={model} changes={changes} />
            ) : (
              <DiffEntryView
                entry={row}
                actions={({ key, diff, cell }) => (
                  <CellActions id={key} model={model} notebook={diff.notebook} cell={cell} />
                )}
                notice={({ key, diff, cell }) => (
                  <CellNotice id={key} model={model} notebook={diff.notebook} cell={cell} />
                )}
              />
            )
          }
        />
      </div>
    </DiffContext.Provider>
  );
}

function Titled({ model, changes }: { model: ReviewModel; changes: RunChanges }): React.JSX.Element {
  const trans = useTrans();
  const counts = counted(changes);
  const { undone } = changes;
  return (
    <>
      <b>{changedText(trans, counts) || trans.__('Changed nothing')}</b>
      <LineCounts added={counts.added} removed={counts.removed} />
      <span className="jps-mod-muted">{branchesOf(trans, changes)}</span>
      <span className="jps-Review-state" role="status">
        {model.problem !== null ? (
          <>
            <ErrorMark />
            {model.problem}
          </>
        ) : (
          undone !== 'no' && undoneText(trans, changes)
        )}
      </span>
      {undone !== 'yes' && (
        <Button icon={undoIcon} disabled={model.isBusy} onClick={() => void model.undo()}>
          {trans.__('Undo run')}
        </Button>
      )}
      {undone !== 'no' && (
        <Button icon={redoIcon} disabled={model.isBusy} onClick={() => void model.redo()}>
          {trans.__('Redo')}
        </Button>
      )}
    </>
  );
}

/** "Undone", with what was left alone, or that some of it was taken back. */
function undoneText(trans: TranslationBundle, { undone, left }: RunChanges): string {
  return undone === 'yes' || left.length > 0 ? `${leftText(trans, left)}.` : trans.__('Partly taken back.');
}

/** "on try-boosting"; nothing for main alone. */
function branchesOf(trans: TranslationBundle, { notebooks }: RunChanges): string {
  const names = [...new Set(notebooks.map(each => each.branch_name).filter(Boolean))];
  return names.length === 0 ? '' : trans.__('on %1', names.join(', '));
}
