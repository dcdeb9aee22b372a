import { notebookIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { NotebookDiff } from '../../api/schema';
import { useTrans } from '../../components/trans';
import { CellBox } from './cell';
import type { DiffEntry, ICellEntry, IQuietEntry } from './entries';
import { nameOf } from '../../components/cells';

interface IEntryProps {
  entry: DiffEntry;
  /** What can be done about a cell. */
  actions?(entry: ICellEntry): React.ReactNode;
  notice?(entry: ICellEntry): React.ReactNode;
}

/** One row of a page that shows what differs. */
export function DiffEntryView({ entry, actions, notice }: IEntryProps): React.JSX.Element {
  const trans = useTrans();
  switch (entry.kind) {
    case 'notebook':
      return <NotebookHead diff={entry.diff} />;
    case 'same':
      return (
        <div className="jps-Changes-same">
          {trans._n('%1 unchanged cell', '%1 unchanged cells', entry.count)}
        </div>
      );
    case 'quiet':
      return <Quiet entry={entry} />;
    case 'cell':
      return (
        <CellBox diff={entry.diff} cell={entry.cell} actions={actions?.(entry)} notice={notice?.(entry)} />
      );
  }
}

function NotebookHead({ diff }: { diff: NotebookDiff }): React.JSX.Element {
  const trans = useTrans();
  return (
    <h2 className="jps-Changes-notebook">
      <notebookIcon.react tag="span" className="jps-Icon jps-mod-small" />
      <bdi>{diff.notebook}</bdi>
      <LineCounts added={diff.lines_added} removed={diff.lines_removed} />
      <span className="jps-mod-muted">{stateOf(trans, diff)}</span>
    </h2>
  );
}

function stateOf(trans: TranslationBundle, { existed, exists, cells, details }: NotebookDiff): string {
  if (!existed) {
    return trans.__('new notebook');
  }
  if (!exists) {
    return trans.__('deleted notebook');
  }
  return cells.length > 0
    ? ''
    : details
      ? trans.__('only details of the notebook differ')
      : trans.__('no cell differs');
}

/** "+31 −4". */
export function LineCounts({ added, removed }: { added: number; removed: number }): React.JSX.Element | null {
  const trans = useTrans();
  if (added + removed === 0) {
    return null;
  }
  const said = trans.__('%1 lines added, %2 removed', added, removed);
  return (
    <span className="jps-LineCounts" title={said}>
      <span aria-hidden="true">
        {[added > 0 && `+${added}`, removed > 0 && `−${removed}`].filter(Boolean).join(' ')}
      </span>
      <span className="jps-Unseen">{said}</span>
    </span>
  );
}

const NAMED = 8;

function Quiet({ entry }: { entry: IQuietEntry }): React.JSX.Element {
  const trans = useTrans();
  const { cells } = entry;
  const names = cells.slice(0, NAMED).map(each => nameOf(trans, each));
  const run = cells.every(each => each.change === 'outputs');
  return (
    <div className="jps-Change">
      <div className="jps-Change-head">
        <span className="jps-Change-title">
          <b>{run ? trans.__('Only run again') : trans.__('Only outputs or details')}</b>
          <code>{trans._n('%1 cell', '%1 cells', cells.length)}</code>
          <span className="jps-Change-detail">
            {names.join(', ')}
            {cells.length > NAMED && ', …'}
          </span>
        </span>
      </div>
    </div>
  );
}
