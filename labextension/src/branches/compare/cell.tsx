import * as React from 'react';

import { useTrans } from '../../components/trans';
import { RowHead } from '../../compare/row';
import { Code, Outputs } from '../../conversation/output';
import { useModel } from '../../models/observable';
import { keyOf } from '../diff/contents';
import { type Nearness, useNear } from '../diff/near';
import { Unread } from '../diff/unread';
import type { BranchComparison } from './model';
import type { IRow, ISide } from './rows';
import { rowName, rowVerdict } from './words';

/** Height of a row in pixels until it was drawn. */
const HEIGHT = 120;

interface IRowProps {
  model: BranchComparison;
  row: IRow;
}

interface ICellRowProps extends IRowProps {
  nearness: Nearness | null;
  /** It is drawn at once. */
  first: boolean;
}

/** A cell on all branches: its name, and the rest when it is near the view. */
export function CellRow({ model, row, nearness, first }: ICellRowProps): React.JSX.Element {
  const trans = useTrans();
  const { host, near, style } = useNear<HTMLDivElement>(nearness, HEIGHT, first);
  return (
    <div ref={host} role="row" className="jps-Compare-row" style={style}>
      {near ? (
        <CellParts model={model} row={row} />
      ) : (
        <RowHead name={rowName(trans, row)} verdict={rowVerdict(row)} />
      )}
    </div>
  );
}

/** Its source where that differs, and what it gave. */
function CellParts({ model, row }: IRowProps): React.JSX.Element {
  const trans = useTrans();
  const [first] = row.sides;
  const line = row.same ? first?.source?.split('\n').find(each => each.trim() !== '') : undefined;
  return (
    <>
      <RowHead name={rowName(trans, row)} verdict={rowVerdict(row)}>
        {line !== undefined && <code title={first?.source ?? ''}>{line}</code>}
      </RowHead>
      {row.sides.map((side, index) => (
        <SideCell key={model.args.branches[index]} model={model} row={row} side={side} index={index} />
      ))}
    </>
  );
}

function SideCell(props: IRowProps & { side: ISide; index: number }): React.JSX.Element {
  const { model, row, side, index } = props;
  const trans = useTrans();
  const branch = model.args.branches[index] ?? '';
  const name = model.branches.nameOf(branch);
  return (
    <div role="cell" className="jps-Compare-cell">
      <span className="jps-Compare-of" aria-hidden="true" title={name}>
        {name}
      </span>
      {side.source === null ? (
        <span className="jps-mod-muted">{trans.__('not on this branch')}</span>
      ) : (
        <>
          {!row.same && side.source !== '' && (
            <div className="jps-Compare-code" tabIndex={0} role="group" aria-label={trans.__('Source')}>
              <Code id={`${row.id} ${branch} code`} text={side.source} language={languageOf(model, row)} />
            </div>
          )}
          {row.type === 'code' && <Given model={model} cell={row.id} branch={branch} />}
        </>
      )}
    </div>
  );
}

/** What the cell gave there. */
function Given(props: { model: BranchComparison; cell: string; branch: string }): React.JSX.Element {
  const { model, cell, branch } = props;
  const trans = useTrans();
  const place = { notebook: model.args.notebook, cell, at: `branch:${branch}` };
  const outputs = useModel(model.contents).outputs(place);
  const running = model.progress(branch)?.state === 'running';
  if (typeof outputs === 'string') {
    return <Unread contents={model.contents} reason={outputs} />;
  }
  if (outputs === null) {
    return <span className="jps-mod-muted">{trans.__('Reading…')}</span>;
  }
  return outputs.length > 0 ? (
    <div className="jps-Compare-output">
      <Outputs id={keyOf(place)} outputs={outputs} />
    </div>
  ) : (
    <span className="jps-mod-muted">{running ? trans.__('not there yet') : trans.__('No output')}</span>
  );
}

function languageOf({ language }: BranchComparison, { type }: IRow): string {
  return type === 'code' ? language : type;
}
