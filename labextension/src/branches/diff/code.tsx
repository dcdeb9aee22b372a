import { caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import { useDiff, useKept } from './context';
import { stretches, STEP } from './folds';
import { diffLines, sideBySide } from './lines';
import { PairRow, type IColours, UnifiedRow } from './rows';

interface ICodeDiffProps {
  /** Names the cell for as long as the page is open. */
  id: string;
  before: string | null;
  after: string | null;
  language: string;
}

const NO_ROWS: ReadonlyMap<number, number> = new Map();

/** The lines of a cell that came and went, with what stands around them. */
export const CodeDiff = React.memo(function CodeDiff(props: ICodeDiffProps): React.JSX.Element {
  const { id, before, after } = props;
  const trans = useTrans();
  const { look } = useDiff();
  const colours = useColours(props);
  const lines = React.useMemo(() => diffLines(before, after), [before, after]);
  const pairs = React.useMemo(() => (look.split ? sideBySide(lines) : null), [lines, look.split]);
  const [opened, setOpened] = useKept(`${id} folds ${look.split}`, NO_ROWS);
  const changed = pairs
    ? pairs.map(pair => pair.before?.sign !== ' ' || pair.after === null)
    : lines.map(line => line.sign !== ' ');
  if (changed.length === 0) {
    return <p className="jps-DiffCode jps-mod-empty">{trans.__('The cell is empty.')}</p>;
  }
  const rowAt = (row: number) => {
    const pair = pairs?.[row];
    const line = lines[row];
    return pair ? (
      <PairRow key={row} pair={pair} colours={colours} />
    ) : (
      line && <UnifiedRow key={row} line={line} colours={colours} />
    );
  };
  return (
    <div className={`jps-DiffCode${pairs ? ' jps-mod-split' : ''}`}>
      {stretches(changed, opened).map(({ from, to, folded, fold }) =>
        folded ? (
          <FoldRow
            key={`fold ${from}`}
            count={to - from}
            same={!changed[from]}
            onOpen={() => setOpened(new Map(opened).set(fold ?? from, from - (fold ?? from) + STEP))}
          />
        ) : (
          Array.from({ length: to - from }, (_, index) => rowAt(from + index))
        )
      )}
    </div>
  );
});

function FoldRow(props: { count: number; same: boolean; onOpen(): void }): React.JSX.Element {
  const { count, same, onOpen } = props;
  const trans = useTrans();
  return (
    <button type="button" className="jps-DiffCode-fold" onClick={onOpen}>
      <caretRightIcon.react tag="span" className="jps-Icon jps-mod-small" />
      {same
        ? trans._n('%2 unchanged line', '%2 unchanged lines', count, count.toLocaleString())
        : trans._n('%2 more line', '%2 more lines', count, count.toLocaleString())}
    </button>
  );
}

/** Colours of both sides; they come when the language is loaded. */
function useColours({ before, after, language }: ICodeDiffProps): IColours {
  const { colours } = useDiff();
  useModel(colours);
  return { before: colours.of(before ?? '', language), after: colours.of(after ?? '', language) };
}
