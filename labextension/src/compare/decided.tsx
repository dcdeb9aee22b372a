import { historyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Glyph } from '../components/glyph';
import { differsIcon } from '../components/icons';
import { clock, fullTime } from '../components/times';
import { useTrans } from '../components/trans';
import { isProse, valueText } from '../conversation/cards/decided';
import type { IColumn } from './model';
import { Cell, RowHead } from './row';
import type { ICell, IRow } from './rows';

interface IDecidedProps {
  columns: readonly IColumn[];
  rows: readonly IRow[];
}

/** How the dispositions stand, then what they say, key by key. */
export function DecidedRows({ columns, rows }: IDecidedProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <>
      <div role="row" className="jps-Compare-row jps-mod-group">
        <RowHead name={trans.__('Disposition')} />
        {columns.map(column => (
          <Cell key={column.id} column={column}>
            <Standing column={column} />
          </Cell>
        ))}
      </div>
      {rows.map(({ key, verdict, cells }) => (
        <div key={key} role="row" className="jps-Compare-row">
          <RowHead name={key} code verdict={verdict} />
          {columns.map((column, index) => {
            const cell = cells[index];
            return (
              <Cell key={column.id} column={column} odd={cell?.odd}>
                {cell && <Value cell={cell} column={column} />}
              </Cell>
            );
          })}
        </div>
      ))}
    </>
  );
}

/** Whether a session has decided, and whether that still holds. */
function Standing({ column }: { column: IColumn }): React.JSX.Element | null {
  const trans = useTrans();
  const { session, findings, disposition } = column;
  const { error } = findings.disposition;
  if (!session) {
    return null;
  }
  if (!disposition) {
    return <span className="jps-mod-muted">{error ?? trans.__('Reading…')}</span>;
  }
  const { value, json_schema, decided_at, decided_by, stale, stale_reason } = disposition;
  if (!value) {
    const text = json_schema ? trans.__('not decided yet') : trans.__('has nothing to decide');
    return <span className="jps-mod-muted">{text}</span>;
  }
  const by = decided_by === 'user' ? trans.__('decided by you') : trans.__('decided by the agent');
  return (
    <>
      <span title={decided_at === null ? undefined : fullTime(decided_at)}>
        {[by, ...(decided_at === null ? [] : [clock(decided_at)])].join(' · ')}
      </span>
      {stale && (
        <span className="jps-Compare-note">
          <Glyph icon={historyIcon} />
          <span>{trans.__('Stale. %1', stale_reason ?? '')}</span>
        </span>
      )}
    </>
  );
}

function Value({ cell, column }: { cell: ICell; column: IColumn }): React.JSX.Element {
  const trans = useTrans();
  if (!cell.decided) {
    return <span className="jps-mod-muted">{trans.__('not decided')}</span>;
  }
  const result = column.findings.results.items.find(each => each.id === cell.evidence);
  return (
    <>
      <span className={`jps-Compare-value${isProse(cell.value) ? '' : ' jps-mod-code'}`}>
        {valueText(trans, cell.value)}
      </span>
      {cell.odd && (
        <span className="jps-Compare-odd" title={trans.__('differs')}>
          <Glyph icon={differsIcon} />
          <span className="jps-Unseen">{trans.__('differs')}</span>
        </span>
      )}
      {result && (
        <span className="jps-Compare-note" title={result.title}>
          {trans.__('rests on key result %1', result.number)}
        </span>
      )}
    </>
  );
}
