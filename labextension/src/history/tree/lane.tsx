import { caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { TreeCell } from '../../api/schema';
import type { Colours } from '../../branches/diff/colours';
import type { IToken } from '../../branches/diff/segments';
import { STATUS_ICONS, statusWord } from '../../branches/status';
import { Glyph } from '../../components/glyph';
import { fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import { type ILane, type IStop, SIZE } from './layout';
import type { LaneRow } from './rows';
import { cellLabel, deletedLine, laneLine, laneName } from './words';

/** Colours of code, and the language of the notebook. */
export const ColoursContext = React.createContext<{ colours: Colours | null; language: string }>({
  colours: null,
  language: ''
});

interface ILaneProps {
  lane: ILane;
  /** Name of the branch that it comes from. */
  parent: string | undefined;
  /** Names of the sessions that have it active. */
  sessions: readonly string[];
  /** Key of the stop in the tab order. */
  focus: string;
  selected: boolean;
  /** It is the branch of the session that one works in. */
  here: boolean;
  now: number;
}

/** A branch: its name and how it stands, and its cells below. */
export const LaneView = React.memo(function LaneView(props: ILaneProps): React.JSX.Element {
  const { lane, focus } = props;
  return (
    <>
      {lane.stops.map(stop =>
        stop.row === null ? (
          <Head key={stop.key} {...props} stop={stop} />
        ) : (
          <Row key={stop.key} lane={lane} stop={stop} row={stop.row} active={stop.key === focus} />
        )
      )}
    </>
  );
});

function Head(props: ILaneProps & { stop: IStop }): React.JSX.Element {
  const { lane, stop, now, sessions } = props;
  const { branch } = lane;
  const trans = useTrans();
  const isDeleted = branch.status === 'deleted';
  const line = isDeleted
    ? deletedLine(trans, branch, lane.lane.cells.length, now)
    : laneLine(trans, branch, sessions, now);
  return (
    <div
      role="treeitem"
      aria-level={1}
      aria-expanded={lane.stops.length > 1 ? true : undefined}
      aria-selected={props.selected}
      aria-label={laneName(trans, branch, props.parent, line)}
      data-key={stop.key}
      data-branch={branch.id}
      tabIndex={stop.key === props.focus ? 0 : -1}
      className={`jps-Tree-head jps-mod-${branch.status} ${props.here ? 'jps-mod-here' : ''}`}
      style={{ left: lane.x + 8, top: stop.y - 11, width: SIZE.cell }}
    >
      <div>
        <span className="jps-Tree-name" title={branch.name} data-act={isDeleted ? undefined : 'open'}>
          {branch.name}
        </span>
        <span className="jps-Tree-status">
          <Glyph icon={STATUS_ICONS[branch.status]} />
          {statusWord(trans, branch.status)}
        </span>
      </div>
      <div>
        <span className="jps-Tree-line2" title={`${line}\n${fullTime(branch.updated_at)}`}>
          {line}
        </span>
        {isDeleted && (
          <button type="button" className="jps-Link" tabIndex={-1} data-act="restore">
            {trans.__('Restore')}
          </button>
        )}
      </div>
    </div>
  );
}

interface IRowProps {
  lane: ILane;
  stop: IStop;
  row: LaneRow;
  active: boolean;
}

function Row({ lane, stop, row, active }: IRowProps): React.JSX.Element | null {
  const trans = useTrans();
  const place = { left: lane.x + 8, top: stop.y - SIZE.box / 2, width: SIZE.cell, height: SIZE.box };
  const shared = {
    'data-key': stop.key,
    'data-branch': lane.branch.id,
    tabIndex: active ? 0 : -1,
    style: place
  };
  switch (row.kind) {
    case 'meeting':
      return null;
    case 'group': {
      const { cells, from } = row;
      const count = trans._n('%1 cell', '%1 cells', cells.length);
      return (
        <div
          {...shared}
          role="treeitem"
          aria-level={2}
          aria-expanded={false}
          className="jps-Tree-group"
          data-act="unfold"
        >
          <caretRightIcon.react tag="span" className="jps-Icon jps-mod-small" />
          <span>
            {from + 1}–{from + cells.length}
          </span>
          <span>{count}</span>
        </div>
      );
    }
    case 'cell':
      return (
        <div
          {...shared}
          role="treeitem"
          aria-level={2}
          aria-label={cellLabel(trans, row.cell)}
          title={row.cell.line}
          className={`jps-Tree-cell jps-mod-${row.cell.cell_type}`}
        >
          <Line cell={row.cell} />
        </div>
      );
  }
}

function Line({ cell }: { cell: TreeCell }): React.JSX.Element {
  const { count, cell_type: type, line } = cell;
  const { colours, language } = React.useContext(ColoursContext);
  useModel(colours);
  const tokens = type === 'code' ? colours?.of(line, language)[0] : undefined;
  return (
    <>
      {type === 'code' && <span className="jps-Tree-count">[{count ?? ' '}]</span>}
      <code>{tokens ? coloured(line, tokens) : line}</code>
    </>
  );
}

function coloured(line: string, tokens: readonly IToken[]): React.ReactNode[] {
  const parts: React.ReactNode[] = [];
  let at = 0;
  for (const { from, to, className } of tokens) {
    parts.push(
      line.slice(at, from),
      <span key={from} className={className}>
        {line.slice(from, to)}
      </span>
    );
    at = to;
  }
  return [...parts, line.slice(at)];
}
