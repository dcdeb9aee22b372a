import * as React from 'react';

import type { MergePreview } from '../../api/schema';
import { branchIcon } from '../../components/icons';
import { useTrans } from '../../components/trans';
import type { IMergeCell, MergeModel } from '../../models/merge';
import { useModel } from '../../models/observable';
import type { Colours } from '../diff/colours';
import { DiffContext, type ILook, LOOK } from '../diff/context';
import type { CellContents } from '../diff/contents';
import { ChangesHead } from '../diff/head';
import { cellKey } from '../diff/entries';
import { Items } from '../diff/items';
import { useNewKept } from '../diff/kept';
import { PageState } from '../diff/state';
import { type Act, actOf, takeFocus, useSteps } from '../diff/steps';
import { countsOf, toDecide } from './counting';
import { leftText, MergeFoot } from './foot';
import { isTyped, textOf } from './item';
import { MergeList, MergePicker } from './list';
import { MergeRowView } from './row';
import { rowsOf } from './rows';
import { changeOf, itemName } from './words';

export interface IMergeViewProps {
  model: MergeModel;
  colours: Colours;
  contents: CellContents;
  /** It was merged: what it changed is said elsewhere. */
  onMerged(preview: MergePreview): void;
  onUndo(preview: MergePreview): void;
  onClose(): void;
  /** Write to the session that proposed it. */
  onRequest(session: string, preview: MergePreview): void;
}

/** A merge to look at, to decide about, and to approve. */
export function MergeView(props: IMergeViewProps): React.JSX.Element {
  const { model } = props;
  const trans = useTrans();
  useModel(model);
  const { preview } = model;
  return preview && model.state === 'ready' ? (
    <Decide {...props} preview={preview} />
  ) : (
    <PageState
      state={model.state === 'ready' ? 'loading' : model.state}
      gone={trans.__('This merge is not there any more.')}
      failed={trans.__('The merge cannot be shown')}
      error={model.error}
      onRetry={() => void model.load()}
    />
  );
}

function Decide(props: IMergeViewProps & { preview: MergePreview }): React.JSX.Element {
  const { model, colours, contents, preview } = props;
  const trans = useTrans();
  const [look, setLook] = React.useState<ILook>(LOOK);
  const [said, setSaid] = React.useState('');
  /** The cell whose own text holds the approval up. */
  const [held, setHeld] = React.useState<IMergeCell | null>(null);
  // What someone types into a conflict is not on the server before it is marked as decided.
  const kept = useNewKept(`jupyter-sessions:merge:${preview.merge.id}`);
  React.useEffect(
    () => (held ? kept.follow(textOf(keyOf(held)), () => setHeld(null)) : undefined),
    [kept, held]
  );
  const { status } = preview.merge;
  React.useEffect(() => {
    if (status !== 'open') {
      kept.forget();
    }
  }, [kept, status]);
  const rows = React.useMemo(
    () => rowsOf(preview, item => `${changeOf(trans, item)} ${itemName(trans, item)}`),
    [preview, trans]
  );
  const steps = useSteps(rows.filter(each => each.kind === 'cell').map(each => each.key));
  const counts = countsOf(preview);
  const approve = async () => {
    if (preview.merge.status !== 'open' || model.unseen.length > 0 || preview.notebooks.length === 0) {
      return;
    }
    if (counts.left.length > 0) {
      setSaid(leftText(trans, counts.left));
      const first = counts.left[0];
      if (first) {
        steps.go(keyOf(first));
      }
      return;
    }
    const typed = toDecide(preview).find(each => isTyped(each.item, kept.get(textOf(keyOf(each)))));
    if (typed) {
      setHeld(typed);
      steps.go(keyOf(typed));
      return;
    }
    if ((await model.approve()) && model.preview) {
      props.onMerged(model.preview);
    }
  };
  const judge = (choice: 'accept' | 'reject') => {
    const found = toDecide(preview).find(each => keyOf(each) === steps.current);
    if (!found) {
      setSaid(trans.__('Go to a cell first, with N'));
    } else if (found.item.conflict !== null) {
      setSaid(trans.__('A conflict: use a side, or type the result; then mark it as decided'));
    } else {
      const { notebook, item } = found;
      void model.decide([{ notebook, cell_id: item.cell_id, choice, text: null }]);
      const name = itemName(trans, item);
      setSaid(choice === 'accept' ? trans.__('%1 accepted', name) : trans.__('%1 rejected', name));
    }
  };
  const act = (what: Act) => {
    switch (what) {
      case 'approve':
        return void approve();
      case 'next':
        return steps.step(1);
      case 'previous':
        return steps.step(-1);
      default:
        return judge(what);
    }
  };
  const session = preview.merge.session_id;
  return (
    <DiffContext.Provider value={{ look, colours, contents, kept }}>
      <div
        ref={takeFocus}
        className="jps-Changes-parts jps-Merge"
        role="group"
        aria-label={trans.__('Merge %1 into %2', preview.source_name, preview.target_name)}
        tabIndex={-1}
        onKeyDownCapture={event => {
          const what = actOf(event);
          if (what) {
            event.preventDefault();
            event.stopPropagation();
            act(what);
          }
        }}
      >
        <ChangesHead look={look} onLook={setLook} onStep={steps.step}>
          <Titled preview={preview} />
        </ChangesHead>
        <MergePicker preview={preview} current={steps.current} onGo={steps.go} />
        {preview.notebooks.length === 0 && status === 'open' ? (
          <NothingToMerge preview={preview} />
        ) : (
          <div className="jps-Merge-body">
            <MergeList preview={preview} current={steps.current} onGo={steps.go} />
            <Items
              items={rows}
              label={trans.__('Changes')}
              current={steps.current}
              goal={steps.goal}
              onCurrent={steps.setCurrent}
              render={row => <MergeRowView row={row} model={model} preview={preview} />}
            />
          </div>
        )}
        <MergeFoot
          model={model}
          preview={preview}
          held={held}
          onApprove={() => void approve()}
          onClose={props.onClose}
          onUndo={() => props.onUndo(preview)}
          onLook={() => {
            const [first] = model.unseen;
            model.see(model.unseen);
            if (first) {
              steps.go(keyOf(first));
            }
          }}
          onRequest={
            session !== null && model.sessions.get(session)
              ? () => props.onRequest(session, preview)
              : undefined
          }
        />
        <div role="status" className="jps-Unseen">
          {said}
        </div>
      </div>
    </DiffContext.Provider>
  );
}

function keyOf({ notebook, item }: IMergeCell): string {
  return cellKey(notebook, item.cell_id);
}

/** What stands in the middle when there is no cell to look at. */
function NothingToMerge({ preview }: { preview: MergePreview }): React.JSX.Element {
  const trans = useTrans();
  const { source_name: source, target_name: target } = preview;
  return (
    <div className="jps-Merge-nothing">
      <p>{trans.__('Everything on %1 is on %2 already.', source, target)}</p>
      <p className="jps-mod-muted">{trans.__('When %1 changes, you see it here.', source)}</p>
    </div>
  );
}

function Titled({ preview }: { preview: MergePreview }): React.JSX.Element {
  const trans = useTrans();
  const { all, conflicts } = countsOf(preview);
  const cells = trans._n('%1 cell to decide', '%1 cells to decide', all);
  return (
    <>
      <branchIcon.react tag="span" className="jps-Icon jps-mod-small" />
      <b title={preview.source_name}>{preview.source_name}</b>
      <span className="jps-mod-muted">{trans.__('into')}</span>
      <branchIcon.react tag="span" className="jps-Icon jps-mod-small" />
      <b title={preview.target_name}>{preview.target_name}</b>
      <span className="jps-Changes-count">
        {conflicts === 0 ? cells : `${cells} · ${trans._n('%1 conflict', '%1 conflicts', conflicts)}`}
      </span>
    </>
  );
}
