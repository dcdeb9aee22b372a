import { checkIcon, undoIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { DiffCell } from '../../api/schema';
import { Button } from '../../components/button';
import { warningIcon } from '../../components/icons';
import { useTrans } from '../../components/trans';
import { useKept } from '../diff/context';
import { nameOf } from '../../components/cells';
import type { ReviewModel } from './model';

interface ICellActionsProps {
  id: string;
  model: ReviewModel;
  notebook: string;
  cell: DiffCell;
}

/** Keep what a run made of a cell, or take it back. */
export function CellActions({ id, model, notebook, cell }: ICellActionsProps): React.JSX.Element {
  const trans = useTrans();
  const [, ask] = useKept(`${id} ask`, false);
  const ref = { notebook, cell_id: cell.cell_id };
  const taken = cell.state === 'taken_back';
  const since = cell.state === 'changed_since';
  return (
    <>
      {since && (
        <>
          <warningIcon.react tag="span" className="jps-Icon jps-mod-small jps-mod-caution" />
          <span>{trans.__('Changed since')}</span>
        </>
      )}
      <div
        className="jps-Segments jps-Judge"
        role="group"
        aria-label={trans.__('What the run made of %1', nameOf(trans, cell))}
      >
        <button
          type="button"
          aria-pressed={!taken}
          disabled={taken && (model.isBusy || !model.canKeep(ref))}
          title={taken && !model.canKeep(ref) ? trans.__('“Redo” above brings it back') : undefined}
          onClick={() => taken && void model.keep(ref)}
        >
          {!taken && <checkIcon.react tag="span" className="jps-Icon jps-mod-small" />}
          {trans.__('Keep')}
        </button>
        <button
          type="button"
          aria-pressed={taken}
          disabled={!taken && model.isBusy}
          onClick={() => (taken ? undefined : since ? ask(true) : void model.undo({ cells: [ref] }))}
        >
          {taken && <undoIcon.react tag="span" className="jps-Icon jps-mod-small" />}
          {taken ? trans.__('Taken back') : trans.__('Take back')}
        </button>
      </div>
    </>
  );
}

/** Asked in place before what was changed since is taken back. */
export function CellNotice({ id, model, notebook, cell }: ICellActionsProps): React.JSX.Element | null {
  const trans = useTrans();
  const [asks, ask] = useKept(`${id} ask`, false);
  if (cell.state !== 'changed_since') {
    return null;
  }
  return (
    <div className="jps-Change-notice">
      <p>{trans.__('This cell was changed since the run.')}</p>
      {asks && (
        <>
          <p>{trans.__('Taking it back puts in its place what was there before the run.')}</p>
          <p>{trans.__('The newer text is kept as a version.')}</p>
          <div className="jps-Actions">
            <Button
              disabled={model.isBusy}
              onClick={() => {
                ask(false);
                void model.undo({ cells: [{ notebook, cell_id: cell.cell_id }], force: true });
              }}
            >
              {trans.__('Take back all the same')}
            </Button>
            <Button look="flat" onClick={() => ask(false)}>
              {trans.__('Keep it')}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
