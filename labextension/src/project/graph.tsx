import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Dependency, Session } from '../api/schema';
import { line2, markOf } from '../chats/line2';
import { valueText } from '../components/dependencies';
import { StateMark } from '../components/marks';
import { useTrans } from '../components/trans';
import { graphOf, type IEdge, type INode, NODE, pathOf } from './layout';

interface IGraphProps {
  sessions: readonly Session[];
  onOpen(session: string): void;
}

/** Which sessions need which: hidden while none needs another. */
export function Graph({ sessions, onOpen }: IGraphProps): React.JSX.Element | null {
  const trans = useTrans();
  const graph = React.useMemo(() => graphOf(sessions), [sessions]);
  const arrow = React.useId();
  if (graph.edges.length === 0) {
    return null;
  }
  const { width, height } = graph;
  return (
    <section className="jps-Graph" aria-label={trans.__('Which sessions need which')}>
      <h2>{trans.__('Dependencies')}</h2>
      <div className="jps-Graph-scroll" tabIndex={-1}>
        <div className="jps-Graph-area" style={{ width, height }}>
          <svg width={width} height={height} aria-hidden="true">
            <marker
              id={arrow}
              viewBox="0 0 8 8"
              refX="8"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              orient="auto"
            >
              <path className="jps-Graph-head" d="M0 0.5 8 4 0 7.5z" />
            </marker>
            {graph.edges.map(edge => (
              <path
                key={`${edge.from} ${edge.to}`}
                className={`jps-Graph-edge jps-mod-${edge.dependency.state}`}
                d={pathOf(edge.points)}
                markerEnd={`url(#${arrow})`}
              />
            ))}
          </svg>
          {graph.edges.map(edge => (
            <EdgeLabel key={`${edge.from} ${edge.to}`} edge={edge} />
          ))}
          {graph.nodes.map(node => (
            <NodeView key={node.id} node={node} onOpen={onOpen} />
          ))}
        </div>
      </div>
    </section>
  );
}

function EdgeLabel({ edge }: { edge: IEdge }): React.JSX.Element {
  const trans = useTrans();
  const [from, to] = edge.points.slice(-2);
  const middle = { left: ((from?.x ?? 0) + (to?.x ?? 0)) / 2, top: ((from?.y ?? 0) + (to?.y ?? 0)) / 2 };
  const [what, state] = wordsOf(trans, edge.dependency);
  return (
    <span className="jps-Graph-label" style={middle} title={`${what}, ${state}`} aria-hidden="true">
      <span>{what}</span>
      <span className="jps-mod-muted">{state}</span>
    </span>
  );
}

function NodeView({ node, onOpen }: { node: INode; onOpen(session: string): void }): React.JSX.Element {
  const trans = useTrans();
  const { session } = node;
  const place = { left: node.x, top: node.y, width: NODE.width, height: NODE.height };
  if (!session) {
    return (
      <span className="jps-Graph-node jps-mod-gone" style={place} title={node.name}>
        <span className="jps-Row-text">{node.name}</span>
        <span className="jps-Row-line2">{trans.__('deleted')}</span>
      </span>
    );
  }
  const mark = markOf(session, false);
  const line = line2(trans, session, false);
  return (
    <button
      type="button"
      className="jps-Graph-node"
      style={place}
      aria-label={nodeName(trans, session)}
      title={`${session.name}\n${line}`}
      onClick={() => onOpen(session.id)}
    >
      <span className="jps-Row-name">
        <span className="jps-Row-text">{session.name}</span>
        {mark && <StateMark mark={mark} />}
      </span>
      <span className="jps-Row-line2">{line}</span>
    </button>
  );
}

/** "Deep dive, needs Triage: risk = HIGH, not met: LOW". */
export function nodeName(trans: TranslationBundle, session: Session): string {
  const needs = session.dependencies.map(dependency => {
    const [what, state] = wordsOf(trans, dependency);
    return trans.__('needs %1: %2, %3', dependency.name, what, state);
  });
  return [session.name, ...needs].join(', ');
}

/** What is needed, and how that stands. */
function wordsOf(trans: TranslationBundle, dependency: Dependency): [string, string] {
  const { kind, field, value, state, actual } = dependency;
  const what = kind === 'complete' ? trans.__('complete') : `${field ?? ''} = ${valueText(trans, value)}`;
  switch (state) {
    case 'met':
      return [what, trans.__('met')];
    case 'waiting':
      return [what, trans.__('not met yet')];
    case 'contradicted':
      return [what, trans.__('not met: %1', valueText(trans, actual))];
    case 'gone':
      return [what, trans.__('deleted')];
  }
}
