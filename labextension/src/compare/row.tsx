import * as React from 'react';

import { Glyph } from '../components/glyph';
import { differsIcon } from '../components/icons';
import { useTrans } from '../components/trans';
import type { IColumn } from './model';
import type { Verdict } from './rows';

interface IRowHeadProps {
  name: string;
  /** It is a name that a schema gives. */
  code?: boolean;
  verdict?: Verdict;
  /** More about it, below. */
  children?: React.ReactNode;
}

/** What a row is about, and whether the sessions differ in it. */
export function RowHead({ name, code, verdict, children }: IRowHeadProps): React.JSX.Element {
  const trans = useTrans();
  const words = { same: trans.__('same'), partial: trans.__('not in all'), differs: trans.__('differs') };
  return (
    <div role="rowheader" className={`jps-Compare-key${verdict === 'differs' ? ' jps-mod-differs' : ''}`}>
      <span className={code ? 'jps-mod-code' : undefined}>{name}</span>
      {verdict && (
        <>
          {' '}
          <span className="jps-Compare-verdict">
            {verdict === 'differs' && <Glyph icon={differsIcon} />}
            {words[verdict]}
          </span>
        </>
      )}
      {children}
    </div>
  );
}

interface ICellProps {
  column: IColumn;
  /** Its value is unlike the others'. */
  odd?: boolean;
  children: React.ReactNode;
}

/** What a row says of one session. Its name stands above when the columns do not fit. */
export function Cell({ column, odd, children }: ICellProps): React.JSX.Element {
  const trans = useTrans();
  const name = column.session?.name ?? trans.__('Deleted session');
  return (
    <div role="cell" className={`jps-Compare-cell${odd ? ' jps-mod-odd' : ''}`}>
      <span className="jps-Compare-of" aria-hidden="true" title={name}>
        {name}
      </span>
      {children}
    </div>
  );
}
