import * as React from 'react';

import { Button } from '../../components/button';
import { differsIcon } from '../../components/icons';
import { useTrans } from '../../components/trans';
import { RowHead } from '../../compare/row';
import { verdictOf } from '../../compare/rows';
import { Outputs } from '../../conversation/output';
import { useModel } from '../../models/observable';
import { FIRST, useNearness } from '../diff/near';
import { PageState } from '../diff/state';
import { CellRow } from './cell';
import { ColumnHead } from './head';
import type { BranchComparison } from './model';
import { type INumber, numberRows, numbersOf } from './numbers';
import type { IResultRow } from './results';
import type { IRow } from './rows';
import { rowName } from './words';

/** Outputs that are read at once for their numbers: all the cells may differ. */
const READING = 16;

/** What is done from the page. */
export interface ICompareActs {
  onOpen(branch: string): void;
  onConverge(branch: string): void;
  /** Show the sources that differ, line by line. */
  onChanges(): void;
}

interface IProps {
  model: BranchComparison;
  acts: ICompareActs;
}

/** A notebook on some branches, side by side. */
export function BranchComparisonView(props: IProps): React.JSX.Element {
  const model = useModel(props.model);
  const trans = useTrans();
  if (model.state === 'ready') {
    return <Compared {...props} />;
  }
  return (
    <PageState
      state={model.state}
      gone={trans.__('The notebook is not on all of these branches any more.')}
      failed={trans.__('The branches cannot be compared')}
      error={model.error}
      onRetry={() => void model.load()}
    />
  );
}

function Compared({ model, acts }: IProps): React.JSX.Element {
  const trans = useTrans();
  const { branches, notebook } = model.args;
  const { rows } = model;
  const scroller = React.useRef<HTMLDivElement>(null);
  const nearness = useNearness(scroller);
  return (
    <div ref={scroller} className="jps-Page-body jps-Compare jps-mod-branches">
      <header>
        <h1>{trans.__('Compare branches')}</h1>
        <span className="jps-mod-muted">{notebook}</span>
        {branches.length === 2 && (
          <Button icon={differsIcon} onClick={acts.onChanges}>
            {trans.__('Show Changes')}
          </Button>
        )}
      </header>
      <div
        role="table"
        aria-label={trans.__('Compare branches')}
        className="jps-Compare-table"
        style={{ '--jps-columns': branches.length } as React.CSSProperties}
      >
        <div role="row" className="jps-Compare-row jps-mod-head">
          <div role="cell" className="jps-Compare-corner" />
          {branches.map(id => (
            <ColumnHead
              key={id}
              model={model}
              id={id}
              onOpen={() => acts.onOpen(id)}
              onConverge={() => acts.onConverge(id)}
            />
          ))}
        </div>
        <NumberRows model={model} />
        {model.results?.map(each => (
          <ResultRow key={each.title} model={model} row={each} />
        ))}
        {rows.map((row, index) => (
          <CellRow key={row.id} model={model} row={row} nearness={nearness} first={index < FIRST} />
        ))}
      </div>
      <p className="jps-Compare-rest" role="status">
        {rows.length === 0
          ? trans.__('All cells are the same, and gave the same.')
          : model.unchanged > 0 &&
            trans._n('%1 cell is the same on all.', '%1 cells are the same on all.', model.unchanged)}
      </p>
    </div>
  );
}

/** Numbers that the cells show, by what they are called. */
function NumberRows({ model }: { model: BranchComparison }): React.JSX.Element {
  const trans = useTrans();
  const contents = useModel(model.contents);
  const { notebook, branches } = model.args;
  let reading = 0;
  const numbers = (row: IRow, index: number): INumber[] => {
    const there = row.type === 'code' && row.sides[index]?.source !== null;
    if (!there || reading >= READING) {
      return [];
    }
    const outputs = contents.outputs({ notebook, cell: row.id, at: `branch:${branches[index]}` });
    reading += outputs === null ? 1 : 0;
    const found = Array.isArray(outputs) ? numbersOf(outputs) : [];
    return found.map(({ label, text }) => ({ label: label || rowName(trans, row), text }));
  };
  const found = model.rows.map(row => branches.map((_, index) => numbers(row, index)));
  const sides = branches.map((_, index) => found.flatMap(each => each[index] ?? []));
  return (
    <>
      {numberRows(sides).map(({ label, texts }) => (
        <div key={label} role="row" className="jps-Compare-row jps-mod-number">
          <RowHead name={label} verdict={verdictOf(texts)} />
          {texts.map((text, index) => (
            <div key={branches[index]} role="cell" className="jps-Compare-cell">
              <Of model={model} index={index} />
              {text ?? '–'}
            </div>
          ))}
        </div>
      ))}
    </>
  );
}

/** A key result, as the cell showed it on each branch. */
function ResultRow({ model, row }: { model: BranchComparison; row: IResultRow }): React.JSX.Element {
  const trans = useTrans();
  return (
    <div role="row" className="jps-Compare-row">
      <RowHead name={row.title}>
        <span className="jps-Compare-kind">{trans.__('key result')}</span>
      </RowHead>
      {row.results.map((each, index) => (
        <div key={model.args.branches[index]} role="cell" className="jps-Compare-cell">
          <Of model={model} index={index} />
          {each ? (
            <div className="jps-Compare-output">
              {each.result.stale && <p className="jps-mod-muted">{trans.__('Stale.')}</p>}
              <Outputs id={each.result.id} outputs={each.outputs} />
            </div>
          ) : (
            '–'
          )}
        </div>
      ))}
    </div>
  );
}

/** The name of the branch, where its column has no head of its own. */
function Of({ model, index }: { model: BranchComparison; index: number }): React.JSX.Element {
  const name = model.branches.nameOf(model.args.branches[index] ?? '');
  return (
    <span className="jps-Compare-of" aria-hidden="true" title={name}>
      {name}
    </span>
  );
}
