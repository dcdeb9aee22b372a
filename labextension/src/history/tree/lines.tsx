import * as React from 'react';

import { type ILane, type IMeeting, type ITree, SIZE } from './layout';

/** Half the width of a diamond. */
const DIAMOND = 6;
const CURVE = 4;

interface ILinesProps {
  tree: ITree;
  /** Id of the branch of the session that one works in. */
  here: string | null;
}

/** Lanes, where they fork, and where they meet. */
export function Lines({ tree, here }: ILinesProps): React.JSX.Element {
  const { lanes, meetings, width, height } = tree;
  // What is blue lies above the rest.
  const order = [...lanes].sort((a, b) => Number(a.branch.id === here) - Number(b.branch.id === here));
  return (
    <svg className="jps-Tree-lines" width={width} height={height} aria-hidden="true">
      {meetings.map(each => (
        <Meeting key={each.convergence.id} meeting={each} />
      ))}
      {order.map(lane => (
        <Lane key={lane.branch.id} lane={lane} lanes={lanes} here={lane.branch.id === here} />
      ))}
      {lanes.flatMap(lane =>
        lane.fork ? (
          <circle
            key={lane.branch.id}
            className={lane.branch.id === here ? 'jps-mod-here' : ''}
            cx={ringX(lanes, lane)}
            cy={lane.fork.y}
            r="4"
          />
        ) : (
          []
        )
      )}
    </svg>
  );
}

function Lane({
  lane,
  lanes,
  here
}: {
  lane: ILane;
  lanes: readonly ILane[];
  here: boolean;
}): React.JSX.Element {
  const { x, top, bottom, fork, branch } = lane;
  const forks = lanes.filter(each => each.fork?.parent === branch.id).map(each => each.fork?.y ?? 0);
  const shared = Math.max(top - 8, ...forks);
  const state = [here ? 'jps-mod-here' : '', branch.status === 'deleted' ? 'jps-mod-deleted' : ''].join(' ');
  const way = fork
    ? `M${ringX(lanes, lane) + CURVE} ${fork.y}H${x - CURVE}q${CURVE} 0 ${CURVE} ${CURVE}V${bottom}`
    : `M${x} ${top - 8}V${bottom}`;
  return (
    <>
      <path className={state} d={way} />
      {shared > top && <path className={`jps-mod-shared ${state}`} d={`M${x} ${top - 8}V${shared + 8}`} />}
    </>
  );
}

/** Where the ring of a lane lies: at the right of what it forks at. */
function ringX(lanes: readonly ILane[], { fork }: ILane): number {
  const parent = lanes.find(each => each.branch.id === fork?.parent);
  return (parent?.x ?? 0) + 8 + SIZE.cell;
}

function Meeting({ meeting }: { meeting: IMeeting }): React.JSX.Element {
  const { from, x, y, convergence } = meeting;
  return (
    <>
      {from.map(each => (
        <path key={each.x} d={lineTo(each, x, y)} />
      ))}
      <g transform={`translate(${x} ${y})`}>
        <Diamond kind={convergence.kind} />
      </g>
    </>
  );
}

function lineTo(from: { x: number; y: number }, x: number, y: number): string {
  const step = Math.sign(x - from.x) * CURVE;
  return step === 0
    ? `M${x} ${from.y}V${y}`
    : `M${from.x} ${from.y}V${y - CURVE}q0 ${CURVE} ${step} ${CURVE}H${x}`;
}

/** Filled where one won, hollow where all are kept, half where cells were chosen of each. */
export function Diamond({ kind }: { kind: IMeeting['convergence']['kind'] }): React.JSX.Element {
  const d = DIAMOND;
  return (
    <>
      <path className={`jps-Tree-diamond jps-mod-${kind}`} d={`M0-${d} ${d} 0 0 ${d}-${d} 0z`} />
      {kind === 'manual' && <path className="jps-Tree-half" d={`M0-${d} 0 ${d}-${d} 0z`} />}
    </>
  );
}
