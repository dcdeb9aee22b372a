import * as React from 'react';

import type { MergeItem } from '../../api/schema';
import { Button } from '../../components/button';
import { fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import { useDiff, useKept } from '../diff/context';
import { STEP } from '../diff/folds';
import { type ILine, linesOf } from '../diff/lines';
import { SignOf, Text } from '../diff/rows';

interface IColumnProps {
  name: string;
  note: string;
  time?: string | null;
  side: MergeItem['target'];
  /** Its lines with signs; without any, they are plain. */
  lines: readonly ILine[] | null;
  language: string;
  /** Said when the cell is not there. */
  gone: string;
  onUse?(): void;
}

/** What one side made of a cell. */
export function Column(props: IColumnProps): React.JSX.Element {
  const { name, note, time, side, language, onUse } = props;
  const trans = useTrans();
  const { colours } = useDiff();
  const tokens = useModel(colours).of(side?.source ?? '', language);
  const lines = props.lines ?? linesOf(side?.source ?? '').map(plain);
  const [most, setMost] = useKept(`${name} ${side?.index} column`, STEP);
  return (
    <div className="jps-Conflict-column" role="group" aria-label={name}>
      <div className="jps-Conflict-head">
        <b title={name}>{name}</b>
        <span className="jps-Change-detail" title={time ? fullTime(time) : undefined}>
          {note}
        </span>
        {onUse && (
          <Button onClick={onUse} aria-label={trans.__('Use %1', name)}>
            {trans.__('Use')}
          </Button>
        )}
      </div>
      {side === null ? (
        <p className="jps-DiffCode jps-mod-empty">{props.gone}</p>
      ) : (
        <div className="jps-DiffCode">
          {lines.slice(0, most).map((line, index) => (
            <div key={index} className={`jps-DiffLine${CLASSES[line.sign] ?? ''}`}>
              <SignOf sign={line.sign} />
              <Text line={line} tokens={tokens[(line.after ?? 0) - 1] ?? []} />
            </div>
          ))}
          {lines.length > most && (
            <button type="button" className="jps-DiffCode-fold" onClick={() => setMost(most + STEP)}>
              {trans._n('%1 more line', '%1 more lines', lines.length - most)}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

const CLASSES: Partial<Record<string, string>> = { '+': ' jps-mod-added', '!': ' jps-mod-conflict' };

function plain(text: string, index: number): ILine {
  return { sign: ' ', before: null, after: index + 1, text, marks: [] };
}
