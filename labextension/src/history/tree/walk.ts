import type { ILane, IStop, ITree } from './layout';

/** What can have the focus, lane by lane, from top to bottom. */
export function stopsOf({ lanes }: ITree): IStop[] {
  return lanes.flatMap(each => each.stops.filter(isStop));
}

/** Where a key leads to from a stop; `undefined` when it does not walk. */
export function walkedTo(tree: ITree, from: string, pressed: string): string | undefined {
  const lane = tree.lanes.find(each => each.stops.some(stop => stop.key === from));
  const stops = lane?.stops.filter(isStop) ?? [];
  const index = stops.findIndex(each => each.key === from);
  const stop = stops[index];
  if (!lane || !stop) {
    return undefined;
  }
  switch (pressed) {
    case 'ArrowDown':
      return (stops[index + 1] ?? stop).key;
    case 'ArrowUp':
      return (stops[index - 1] ?? stop).key;
    case 'Home':
      return stops[0]?.key;
    case 'End':
      return stops.at(-1)?.key;
    case 'ArrowRight':
      return rightOf(tree, lane, stop);
    case 'ArrowLeft':
      return leftOf(tree, lane, stop);
    default:
      return undefined;
  }
}

/** The branch that forks here, else what is nearest at the right. */
function rightOf({ lanes }: ITree, lane: ILane, stop: IStop): string {
  const forked = lanes.find(each => each.fork?.key === stop.key);
  return (
    forked?.stops[0]?.key ??
    nearest(
      lanes.filter(each => each.x > lane.x),
      stop.y
    ) ??
    stop.key
  );
}

/** From a name to where its branch forks, else to what is nearest at the left. */
function leftOf({ lanes }: ITree, lane: ILane, stop: IStop): string {
  const back = stop.row === null ? lane.fork?.key : undefined;
  return (
    back ??
    nearest(
      lanes.filter(each => each.x < lane.x),
      stop.y
    ) ??
    stop.key
  );
}

function nearest(lanes: readonly ILane[], y: number): string | undefined {
  const stops = lanes.flatMap(lane => lane.stops.filter(isStop).map(stop => ({ stop, x: lane.x })));
  const far = (each: { stop: IStop; x: number }) => Math.abs(each.stop.y - y);
  return [...stops].sort((a, b) => far(a) - far(b))[0]?.stop.key;
}

function isStop({ row }: IStop): boolean {
  return row?.kind !== 'meeting';
}
