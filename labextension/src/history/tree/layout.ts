import type { Branch, Convergence, TreeLane } from '../../api/schema';
import { headKey, type LaneRow, rowsOf } from './rows';

/** Measures of the tree, in pixels. */
export const SIZE = { lane: 256, cell: 222, row: 32, box: 24, head: 44, left: 24, top: 12, gap: 16 };

/** What stands at a place of a lane. */
export interface IStop {
  readonly key: string;
  readonly branch: string;
  readonly row: LaneRow | null;
  /** Middle of it. */
  readonly y: number;
}

/** A branch, as a lane from top to bottom. */
export interface ILane {
  readonly branch: Branch;
  readonly lane: TreeLane;
  readonly column: number;
  /** Where its line runs. */
  readonly x: number;
  /** Middle of the first line of its name. */
  readonly top: number;
  readonly bottom: number;
  /** Its name, then its rows. */
  readonly stops: readonly IStop[];
  /** Where it comes from; `null` for main, and where nothing that it comes from has the notebook. */
  readonly fork: IForkPoint | null;
}

export interface IForkPoint {
  /** Key of what it forks at. */
  readonly key: string;
  readonly parent: string;
  readonly y: number;
}

/** Branches that met. */
export interface IMeeting {
  readonly convergence: Convergence;
  /** Lines that lead there: from the lower end of a lane. */
  readonly from: readonly { readonly x: number; readonly y: number }[];
  readonly x: number;
  readonly y: number;
}

export interface ITree {
  readonly lanes: readonly ILane[];
  readonly meetings: readonly IMeeting[];
  readonly width: number;
  readonly height: number;
}

export interface ILaneSource {
  readonly branch: Branch;
  readonly lane: TreeLane;
}

/** A lane whose place from top to bottom is known, and not yet from left to right. */
interface IDraft extends Omit<ILane, 'column' | 'x'> {
  readonly children: readonly IDraft[];
}

/** Each at the nearest branch that it comes from and that is shown: those between do not take it with them. */
export function joined(
  sources: readonly ILaneSource[],
  parentOf: (branch: string) => string | null
): ILaneSource[] {
  const shown = new Set(sources.map(each => each.branch.id));
  return sources.map(source => {
    let { parent } = source.branch;
    while (parent !== null && !shown.has(parent)) {
      parent = parentOf(parent);
    }
    return { ...source, branch: { ...source.branch, parent } };
  });
}

/**
 * Where everything lies: main at the left, what forked from a lane at its right.
 *
 * Where main does not have the notebook, the branches that do begin side by side.
 */
export function layoutOf(
  sources: readonly ILaneSource[],
  met: readonly Convergence[],
  open: ReadonlySet<string>
): ITree {
  const roots = sources.filter(each => each.branch.parent === null);
  if (roots.length === 0) {
    return { lanes: [], meetings: [], width: 0, height: 0 };
  }
  const drafts = new Drafts(sources, met, open);
  const lanes = placed(roots.map(each => drafts.of(each, null, SIZE.top + 10)));
  const meetings = met.flatMap(each => meetingOf(lanes, each) ?? []);
  const right = Math.max(...lanes.map(each => each.column)) + 1;
  const bottom = Math.max(...lanes.map(each => each.bottom), ...meetings.map(each => each.y));
  return { lanes, meetings, width: SIZE.left + right * SIZE.lane, height: bottom + SIZE.row };
}

class Drafts {
  constructor(
    private readonly _sources: readonly ILaneSource[],
    private readonly _met: readonly Convergence[],
    private readonly _open: ReadonlySet<string>
  ) {}

  /** A lane whose name is at `top`, with those that fork from it. */
  of(source: ILaneSource, fork: IForkPoint | null, top: number): IDraft {
    const { branch, lane } = source;
    const children = this._sources.filter(each => each.branch.parent === branch.id);
    const forks = new Set(children.map(each => each.lane.after ?? ''));
    const rows = branch.status === 'deleted' ? [] : rowsOf(branch.id, lane.cells, forks, this._open);
    const stops: IStop[] = [{ key: headKey(branch.id), branch: branch.id, row: null, y: top }];
    const drafts: IDraft[] = [];
    let y = top + SIZE.head;
    const put = (row: LaneRow) => {
      stops.push({ key: row.key, branch: branch.id, row, y });
      y += SIZE.row;
    };
    const grow = (stop: IStop, at: readonly ILaneSource[]) => {
      // More than one at a place: their names go below the line that leads to all of them.
      const below = at.length > 1 || stop.row === null ? SIZE.row - 4 : 0;
      const point = { key: stop.key, parent: branch.id, y: stop.y };
      drafts.push(...at.map(each => this.of(each, point, stop.y + below)));
    };
    const known = new Set(rows.flatMap(row => (row.kind === 'cell' ? [row.cell.cell_id] : [])));
    const first = stops[0];
    if (first) {
      grow(
        first,
        children.filter(each => !known.has(each.lane.after ?? ''))
      );
    }
    const waiting = () => this._wins(branch.id).filter(each => !stops.some(stop => stop.key === each.id));
    for (const row of rows) {
      for (const each of waiting()) {
        const winner = drafts.find(draft => draft.branch.id === each.source);
        if (winner && winner.bottom + SIZE.row / 2 <= y) {
          put({ kind: 'meeting', key: each.id, id: each.id });
        }
      }
      put(row);
      const stop = stops.at(-1);
      if (row.kind === 'cell' && stop) {
        grow(
          stop,
          children.filter(each => each.lane.after === row.cell.cell_id)
        );
      }
    }
    for (const each of waiting()) {
      const winner = drafts.find(draft => draft.branch.id === each.source);
      y = Math.max(y, (winner?.bottom ?? 0) + SIZE.row / 2);
      put({ kind: 'meeting', key: each.id, id: each.id });
    }
    return { branch, lane, top, bottom: y - SIZE.row / 2, stops, fork, children: drafts };
  }

  /** What met on a branch, and gave it cells. */
  private _wins(branch: string): readonly Convergence[] {
    return this._met.filter(each => each.target === branch && each.kind !== 'comparison');
  }
}

/** Give each lane the nearest column at the right of its parent where it is in nobody's way. */
function placed(roots: readonly IDraft[]): ILane[] {
  const lanes: ILane[] = [];
  const put = (draft: IDraft, column: number) => {
    const { children, ...lane } = draft;
    lanes.push({ ...lane, column, x: SIZE.left + column * SIZE.lane - 8 });
    // From the lowest up: the lines to those further right pass above those that are nearer.
    const order = [...children].sort((a, b) => (b.fork?.y ?? 0) - (a.fork?.y ?? 0));
    for (const child of order) {
      let place = column + 1;
      while (lanes.some(each => each.column <= place && isInTheWay(each, child, column, place))) {
        place += 1;
      }
      put(child, place);
    }
  };
  for (const root of roots) {
    put(root, Math.max(-1, ...lanes.map(each => each.column)) + 1);
  }
  return roots.flatMap(root => inOrder(lanes, root));
}

function isInTheWay(lane: ILane, draft: IDraft, from: number, to: number): boolean {
  const overlaps = (low: number, high: number) => lane.top - SIZE.gap < high && low < lane.bottom + SIZE.gap;
  if (lane.column === to) {
    return overlaps(draft.top, draft.bottom);
  }
  const y = draft.fork?.y ?? draft.top;
  const between = lane.column > from && lane.column < to;
  // A line that passes above the name of a lane is not in its way.
  return between && lane.top - SIZE.gap < y && y < lane.bottom && lane.fork?.y !== y;
}

/** As they were given: a lane, then those that fork from it. */
function inOrder(lanes: readonly ILane[], { branch, children }: IDraft): ILane[] {
  const own = lanes.filter(each => each.branch.id === branch.id);
  return [...own, ...children.flatMap(child => inOrder(lanes, child))];
}

function meetingOf(lanes: readonly ILane[], convergence: Convergence): IMeeting | null {
  const { kind, source, target, losers } = convergence;
  const laneOf = (id: string) => lanes.find(each => each.branch.id === id);
  const winner = laneOf(source);
  const onto = laneOf(target);
  if (kind !== 'comparison') {
    const y = onto?.stops.find(each => each.key === convergence.id)?.y;
    return winner && onto && y !== undefined
      ? { convergence, from: [{ x: winner.x, y: winner.bottom }], x: onto.x, y }
      : null;
  }
  const all = [source, ...losers].flatMap(id => laneOf(id) ?? []);
  const last = [...all].sort((a, b) => b.x - a.x)[0];
  if (!last || all.length < 2) {
    return null;
  }
  const y = Math.max(...all.map(each => each.bottom)) + SIZE.row / 2;
  return { convergence, from: all.map(each => ({ x: each.x, y: each.bottom })), x: last.x, y };
}
