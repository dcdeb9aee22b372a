import { checkIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { MergePreview } from '../../api/schema';
import { Button } from '../../components/button';
import { warningIcon } from '../../components/icons';
import { ErrorMark } from '../../components/marks';
import { clock } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { IMergeCell, MergeModel } from '../../models/merge';
import { countsOf } from './counting';
import { itemName } from './words';

interface IFootProps {
  model: MergeModel;
  preview: MergePreview;
  /** A cell that a text was written for, which is not used yet. */
  held: IMergeCell | null;
  onApprove(): void;
  onClose(): void;
  /** Show the cells that came when a branch moved. */
  onLook(): void;
  onUndo(): void;
  /** Write to the session that proposed the merge, if one did. */
  onRequest?(): void;
}

/** What is left to decide, and the one button that merges. */
export function MergeFoot(props: IFootProps): React.JSX.Element {
  const { model, preview } = props;
  const trans = useTrans();
  const reason = React.useId();
  const counts = countsOf(preview);
  const { status } = preview.merge;
  if (status !== 'open') {
    return <Ended {...props} />;
  }
  const unseen = model.unseen.length;
  const nothing = preview.notebooks.length === 0;
  const ready = counts.left.length === 0 && !nothing;
  return (
    <footer className="jps-Merge-foot">
      <div className="jps-Merge-said" id={reason} role="status">
        {model.problem !== null ? (
          <span className="jps-Merge-problem">
            <ErrorMark />
            <span>{model.problem}</span>
          </span>
        ) : props.held !== null ? (
          <>
            <warningIcon.react tag="span" className="jps-Icon jps-mod-caution" />
            <span>
              {trans.__(
                'You have written a text for %1: use it, or cancel it. Then approve.',
                itemName(trans, props.held.item)
              )}
            </span>
          </>
        ) : unseen > 0 ? (
          <Moved model={model} preview={preview} />
        ) : ready ? (
          <>
            <checkIcon.react tag="span" className="jps-Icon jps-mod-ok" />
            <b>
              {counts.all === 0
                ? trans.__('Nothing to decide.')
                : trans.__('%1 of %2 decided.', counts.decided, counts.all)}
            </b>
            <span className="jps-mod-muted">
              {trans.__('%1 gets a new version. You can undo it.', preview.target_name)}
            </span>
          </>
        ) : nothing ? (
          <span>
            {trans.__('Nothing to merge: %1 has all that %2 has.', preview.target_name, preview.source_name)}
          </span>
        ) : (
          <>
            <warningIcon.react tag="span" className="jps-Icon jps-mod-caution" />
            <b>{trans.__('%1 of %2 decided.', counts.decided, counts.all)}</b>
            <span>{leftText(trans, counts.left)}</span>
            <span className="jps-mod-muted">
              {trans.__('Approval is for these versions only. If either branch moves, you look again.')}
            </span>
          </>
        )}
      </div>
      <div className="jps-Actions">
        <Button look="flat" onClick={props.onClose}>
          {trans.__('Close')}
        </Button>
        <Button
          look="flat"
          disabled={model.isBusy}
          aria-label={trans.__('Discard this merge; nothing is merged')}
          onClick={() => void model.discard()}
        >
          {trans.__('Discard')}
        </Button>
        {props.onRequest && <Button onClick={props.onRequest}>{trans.__('Request changes')}</Button>}
        {unseen > 0 ? (
          <Button look="primary" className="jps-mod-tall" onClick={props.onLook}>
            {trans._n('Look at %1 cell', 'Look at %1 cells', unseen)}
          </Button>
        ) : (
          <Button
            look="primary"
            className="jps-mod-tall"
            disabled={!ready || model.isBusy}
            aria-describedby={reason}
            onClick={props.onApprove}
          >
            {trans.__('Approve and merge')}
          </Button>
        )}
      </div>
    </footer>
  );
}

function Moved({ model, preview }: Pick<IFootProps, 'model' | 'preview'>): React.JSX.Element {
  const trans = useTrans();
  const count = model.unseen.length;
  const cells = trans._n('%1 cell', '%1 cells', count);
  return (
    <>
      <refreshIcon.react tag="span" className="jps-Icon jps-mod-caution" />
      <b>{trans.__('%1 or %2 moved', preview.target_name, preview.source_name)}</b>
      <span>
        {model.movedAt === null
          ? trans.__('%1. Your decisions are kept.', cells)
          : trans.__('at %1: %2. Your decisions are kept.', clock(model.movedAt), cells)}
      </span>
    </>
  );
}

function Ended({ preview, onClose, onUndo }: IFootProps): React.JSX.Element {
  const trans = useTrans();
  const { status, undone, operation } = preview.merge;
  const merged = status === 'merged';
  return (
    <footer className="jps-Merge-foot">
      <div className="jps-Merge-said" role="status">
        {merged && <checkIcon.react tag="span" className="jps-Icon jps-mod-ok" />}
        <b>
          {!merged
            ? trans.__('This merge was closed; nothing was merged.')
            : undone
              ? trans.__('Merged into %1, and undone.', preview.target_name)
              : trans.__('Merged into %1.', preview.target_name)}
        </b>
      </div>
      <div className="jps-Actions">
        <Button look="flat" onClick={onClose}>
          {trans.__('Close')}
        </Button>
        {merged && !undone && operation !== null && <Button onClick={onUndo}>{trans.__('Undo')}</Button>}
      </div>
    </footer>
  );
}

/** "Cell [14] is left." */
export function leftText(trans: TranslationBundle, left: ReturnType<typeof countsOf>['left']): string {
  const [first, ...others] = left;
  if (!first) {
    return '';
  }
  const name = itemName(trans, first.item);
  return others.length === 0
    ? trans.__('%1 is left.', name.charAt(0).toUpperCase() + name.slice(1))
    : trans._n('%1 cell is left.', '%1 cells are left.', left.length);
}
