import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import type { Dependency, Session } from '../../api/schema';
import { nodeName } from '../graph';
import { graphOf, layersOf, pathOf } from '../layout';
import { totalsOf, totalsText } from '../totals';

const trans = nullTranslator.load('jupyter_sessions');

function needs(id: string, more: Partial<Dependency> = {}): Dependency {
  return {
    session_id: id,
    name: id.toUpperCase(),
    kind: 'complete',
    state: 'waiting',
    ...more
  } as Dependency;
}

function session(id: string, ...dependencies: Dependency[]): Session {
  return { id, name: id.toUpperCase(), dependencies, status: 'idle' } as unknown as Session;
}

describe('layers', () => {
  it('put each behind all that it needs', () => {
    const of: Record<string, string[]> = { a: [], b: ['a'], c: ['a', 'b'], d: ['a'] };
    const layers = layersOf(Object.keys(of), id => of[id] ?? []);
    expect(Object.fromEntries(layers)).toEqual({ a: 0, b: 1, c: 2, d: 1 });
  });

  it('end even where the server would let a cycle through', () => {
    const of: Record<string, string[]> = { a: ['b'], b: ['a'] };
    expect(layersOf(['a', 'b'], id => of[id] ?? []).size).toBe(2);
  });
});

describe('the graph', () => {
  const graph = graphOf([
    session('triage'),
    session('alone'),
    session('deep', needs('triage')),
    session('report', needs('triage'), needs('deep'))
  ]);

  it('shows what is joined, and no more', () => {
    expect(graph.nodes.map(node => node.id)).toEqual(['triage', 'deep', 'report']);
    expect(graphOf([session('alone')]).edges).toEqual([]);
  });

  it('keeps a place free for a line that passes a column', () => {
    const long = graph.edges.find(edge => edge.from === 'triage' && edge.to === 'report');
    const deep = graph.nodes.find(node => node.id === 'deep');
    expect(long?.points).toHaveLength(4);
    expect(long?.points[1]?.x).toBe(deep?.x);
    expect(long?.points[1]?.y).not.toBe((deep?.y ?? 0) + 22);
    expect(pathOf(long?.points ?? []).match(/C/g)).toHaveLength(3);
  });

  it('lays no two nodes on one place, and all of them inside', () => {
    const many = [session('root'), ...Array.from({ length: 30 }, (_, n) => session(`s${n}`, needs('root')))];
    const wide = graphOf(many);
    expect(new Set(wide.nodes.map(node => `${node.x} ${node.y}`)).size).toBe(31);
    expect(wide.nodes.every(node => node.x + 150 <= wide.width && node.y + 44 <= wide.height)).toBe(true);
  });

  it('shows a deleted session that is still needed', () => {
    const { nodes } = graphOf([session('deep', needs('gone', { state: 'gone', name: 'Old' }))]);
    expect(nodes.map(node => [node.name, node.session === null])).toEqual([
      ['Old', true],
      ['DEEP', false]
    ]);
  });

  it('has words for each node', () => {
    const risk = {
      kind: 'decided',
      field: 'risk',
      value: 'HIGH',
      state: 'contradicted',
      actual: 'LOW'
    } as const;
    expect(nodeName(trans, session('deep', needs('triage', risk)))).toBe(
      'DEEP, needs TRIAGE: risk = HIGH, not met: LOW'
    );
  });
});

describe('totals', () => {
  const used = (cost: number | null) =>
    ({ usage: { input_tokens: 1000, output_tokens: 10, requests: 1, cost }, processing_ms: 1000 }) as Session;

  it('are of all sessions, and say what has no known price', () => {
    expect(totalsText(trans, totalsOf([used(0.5), used(0.25)]))).toBe(
      '2,000 tokens in, 20 out · $0.75 · 2 s at work'
    );
    expect(totalsText(trans, totalsOf([used(0.5), used(null)]))).toContain(
      '$0.50, without 1 session whose price is not known'
    );
    expect(totalsText(trans, totalsOf([used(null)]))).toContain('price not known');
    expect(totalsText(trans, totalsOf([]))).toBe('No tokens used');
  });
});
