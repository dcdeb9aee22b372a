import type { Dependency, Session } from '../api/schema';

export const NODE = { width: 150, height: 44 };
const GAP = { x: 130, y: 28 };
const EDGE = 4;

export interface INode {
  id: string;
  name: string;
  /** `null`: it was deleted. */
  session: Session | null;
  x: number;
  y: number;
}

export interface IEdge {
  from: string;
  to: string;
  dependency: Dependency;
  /** Points that the line goes through. */
  points: readonly { x: number; y: number }[];
}

export interface IGraph {
  nodes: readonly INode[];
  edges: readonly IEdge[];
  width: number;
  height: number;
}

/** The sessions that need others or are needed, in columns: what is needed stands at the left. */
export function graphOf(sessions: readonly Session[]): IGraph {
  const needs = new Map(sessions.map(each => [each.id, each.dependencies]));
  const involved = new Map<string, string>();
  for (const session of sessions) {
    for (const dependency of session.dependencies) {
      involved.set(session.id, session.name);
      involved.set(dependency.session_id, involved.get(dependency.session_id) ?? dependency.name);
    }
  }
  const order = sessions.map(each => each.id).filter(id => involved.has(id));
  const ids = [...order, ...[...involved.keys()].filter(id => !needs.has(id))];
  const layers = layersOf(ids, id => (needs.get(id) ?? []).map(each => each.session_id));
  const edges = ids.flatMap(to => (needs.get(to) ?? []).map(dependency => ({ to, dependency })));
  const chains = edges.map(edge => chainOf(edge.dependency.session_id, edge.to, layers));
  const rows = rowsOf(ids, layers, chains);
  const place = (key: string) => {
    const { layer, row } = rows.get(key) ?? { layer: 0, row: 0 };
    return {
      x: EDGE + layer * (NODE.width + GAP.x),
      y: EDGE + row * (NODE.height + GAP.y)
    };
  };
  const byId = new Map(sessions.map(each => [each.id, each]));
  const nodes = ids
    .map(id => {
      const session = byId.get(id) ?? null;
      return { id, session, name: session?.name ?? involved.get(id) ?? '', ...place(id) };
    })
    .sort((a, b) => a.x - b.x || a.y - b.y);
  const deepest = [...rows.values()].reduce((most, { row }) => Math.max(most, row + 1), 0);
  const columns = ids.length > 0 ? Math.max(...layers.values()) + 1 : 0;
  return {
    nodes,
    edges: edges.map(({ to, dependency }, index) => ({
      from: dependency.session_id,
      to,
      dependency,
      points: pointsOf(chains[index] ?? [], place)
    })),
    width: columns * NODE.width + Math.max(0, columns - 1) * GAP.x + 2 * EDGE,
    height: deepest * (NODE.height + GAP.y) - GAP.y + 2 * EDGE
  };
}

/** Column of each: one more than the deepest that it needs. */
export function layersOf(ids: readonly string[], needsOf: (id: string) => string[]): Map<string, number> {
  const layers = new Map<string, number>();
  const open = new Set<string>();
  const layerOf = (id: string): number => {
    const known = layers.get(id);
    if (known !== undefined) {
      return known;
    }
    if (open.has(id)) {
      return -1; // a cycle, which the server refuses
    }
    open.add(id);
    const layer = Math.max(-1, ...needsOf(id).map(layerOf)) + 1;
    open.delete(id);
    layers.set(id, layer);
    return layer;
  };
  ids.forEach(layerOf);
  return layers;
}

/** The nodes of an edge, with places kept free in the columns between. */
function chainOf(from: string, to: string, layers: ReadonlyMap<string, number>): string[] {
  const first = layers.get(from) ?? 0;
  const last = layers.get(to) ?? 0;
  const between = Array.from({ length: Math.max(0, last - first - 1) }, (_, index) => first + 1 + index);
  return [from, ...between.map(layer => `${from}>${to}@${layer}`), to];
}

/** Rows within the columns: each near the middle of what it is joined to at the left. */
function rowsOf(
  ids: readonly string[],
  layers: ReadonlyMap<string, number>,
  chains: readonly string[][]
): Map<string, { layer: number; row: number }> {
  const columns: string[][] = [];
  const before = new Map<string, string[]>();
  const put = (key: string, layer: number) => (columns[layer] ??= []).push(key);
  ids.forEach(id => put(id, layers.get(id) ?? 0));
  for (const chain of chains) {
    const first = layers.get(chain[0] ?? '') ?? 0;
    chain.slice(1).forEach((key, index) => {
      if (!layers.has(key)) {
        put(key, first + 1 + index);
      }
      before.set(key, [...(before.get(key) ?? []), chain[index] ?? '']);
    });
  }
  const rows = new Map<string, { layer: number; row: number }>();
  columns.forEach((keys, layer) => {
    const middle = (key: string) => {
      const joined = (before.get(key) ?? []).map(each => rows.get(each)?.row ?? 0);
      return joined.length > 0 ? joined.reduce((sum, row) => sum + row, 0) / joined.length : Infinity;
    };
    const sorted = layer === 0 ? keys : [...keys].sort((a, b) => middle(a) - middle(b));
    sorted.forEach((key, row) => rows.set(key, { layer, row }));
  });
  return rows;
}

function pointsOf(
  chain: readonly string[],
  place: (key: string) => { x: number; y: number }
): { x: number; y: number }[] {
  return chain.flatMap((key, index) => {
    const { x, y } = place(key);
    const middle = y + NODE.height / 2;
    const left = { x, y: middle };
    const right = { x: x + NODE.width, y: middle };
    return index === 0 ? [right] : index === chain.length - 1 ? [left] : [left, right];
  });
}

/** A line through points, level at each of them. */
export function pathOf(points: IEdge['points']): string {
  return points
    .map(({ x, y }, index) => {
      const before = points[index - 1];
      if (!before) {
        return `M${x} ${y}`;
      }
      const middle = (before.x + x) / 2;
      return `C${middle} ${before.y} ${middle} ${y} ${x} ${y}`;
    })
    .join('');
}
