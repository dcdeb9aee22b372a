import * as React from 'react';

import { Button } from '../components/button';
import { ErrorMark } from '../components/marks';
import { useNow } from '../components/now';
import { useTrans } from '../components/trans';
import { ConversationContext } from '../conversation/context';
import { Result } from '../conversation/cards/pane';
import { useModel } from '../models/observable';
import { DecidedRows } from './decided';
import { FactRows } from './facts';
import { ColumnHead } from './head';
import type { ComparisonModel, IColumn } from './model';
import { Cell, RowHead } from './row';

export interface IComparisonProps {
  model: ComparisonModel;
  onOpen(session: string): void;
  /** Choose other sessions. */
  onChoose(): void;
}

/** Sessions side by side: what they decided, what they found, what they took. */
export function ComparisonView(props: IComparisonProps): React.JSX.Element {
  const model = useModel(props.model);
  const trans = useTrans();
  switch (model.state) {
    case 'gone':
      return (
        <div className="jps-Page-column">
          <p role="status">{trans.__('These sessions were deleted.')}</p>
        </div>
      );
    case 'failed':
      return (
        <div className="jps-Page-column">
          <p className="jps-Wrong" role="alert">
            <ErrorMark />
            <span>{model.sessions.error}</span>
          </p>
        </div>
      );
    case 'loading':
      return (
        <div className="jps-Bars" aria-label={trans.__('Reading…')}>
          <div />
          <div />
          <div />
        </div>
      );
    case 'ready':
      return <Compared {...props} />;
  }
}

function Compared({ model, onOpen, onChoose }: IComparisonProps): React.JSX.Element {
  const trans = useTrans();
  const now = useNow(30_000);
  const { columns } = model;
  const stale = model.sessions.staleSince !== null;
  const [said, setSaid] = React.useState('');
  const prefer = async ({ id, session }: IColumn, preferred: boolean) => {
    await model.prefer(id, preferred);
    const name = session?.name ?? '';
    setSaid(preferred ? trans.__('%1 is preferred', name) : trans.__('%1 is not preferred any more', name));
  };
  return (
    <div className="jps-Page-body jps-Compare">
      <header>
        <h1>{trans.__('Compare sessions')}</h1>
        <span className="jps-mod-muted">{model.projects.get(model.project)?.name}</span>
        <Button onClick={onChoose}>{trans.__('Choose others…')}</Button>
      </header>
      <div
        role="table"
        aria-label={trans.__('Compare sessions')}
        className="jps-Compare-table"
        style={{ '--jps-columns': columns.length } as React.CSSProperties}
      >
        <div role="row" className="jps-Compare-row jps-mod-head">
          <div role="cell" className="jps-Compare-corner" />
          {columns.map(column => (
            <ColumnHead
              key={column.id}
              session={column.session}
              stale={stale}
              now={now}
              onOpen={() => onOpen(column.id)}
              onPrefer={preferred => prefer(column, preferred)}
            />
          ))}
        </div>
        <DecidedRows columns={columns} rows={model.rows} />
        <div role="row" className="jps-Compare-row">
          <RowHead name={trans.__('Key results')} />
          {columns.map(column => (
            <Cell key={column.id} column={column}>
              <div className="jps-Compare-results">{column.session && <Results column={column} />}</div>
            </Cell>
          ))}
        </div>
        <FactRows columns={columns} models={columns[0]?.context.models ?? null} />
      </div>
      <div role="status" className="jps-Unseen">
        {said}
      </div>
    </div>
  );
}

/** The key results of one session, as its own tab shows them. */
function Results({ column }: { column: IColumn }): React.JSX.Element {
  const trans = useTrans();
  const { context, findings } = column;
  const { results } = findings;
  if (results.error !== null) {
    return (
      <div className="jps-Wrong" role="status">
        <ErrorMark />
        <span>{results.error}</span>
        <Button onClick={findings.refresh}>{trans.__('Try again')}</Button>
      </div>
    );
  }
  if (!results.loaded) {
    return <span className="jps-mod-muted">{trans.__('Reading…')}</span>;
  }
  return results.items.length === 0 ? (
    <span className="jps-mod-muted">{trans.__('none yet')}</span>
  ) : (
    <ConversationContext.Provider value={context}>
      {results.items.map(result => (
        <Result key={result.id} findings={findings} result={result} />
      ))}
    </ConversationContext.Provider>
  );
}
