import type { TranslationBundle } from '@jupyterlab/translation';

import type { Dependency, Session } from '../api/schema';
import type { Mark } from '../components/marks';
import { updated } from '../components/times';

/** Second line of a session in the list; `stale`: the server does not answer. */
export function line2(trans: TranslationBundle, session: Session, stale: boolean, now = Date.now()): string {
  if (stale && isAtWork(session)) {
    return trans.__('State not known');
  }
  const results = keyResults(trans, session.key_result_count);
  return [state(trans, session, now), results].filter(Boolean).join(' · ');
}

/** Icon behind the session's name. */
export function markOf(session: Session, stale: boolean): Mark | null {
  if (stale) {
    return null;
  }
  switch (session.status) {
    case 'running':
      return 'running';
    case 'queued':
      return 'waits';
    case 'waiting':
      return 'question';
    case 'failed':
      return 'error';
    case 'idle':
      return null;
  }
}

/** Why a session cannot start yet, or not at all: the gravest of its dependencies; empty when it can. */
export function needs(trans: TranslationBundle, dependencies: readonly Dependency[]): string {
  const named = (state: Dependency['state']) =>
    dependencies.filter(each => each.state === state).map(each => each.name);
  const gone = named('gone');
  const [contrary] = named('contradicted');
  const waiting = named('waiting');
  const [first = '', second = ''] = waiting;
  if (gone.length > 0) {
    return trans.__('needs %1, which was deleted', gone[0]);
  }
  if (contrary !== undefined) {
    return trans.__('%1 decided otherwise', contrary);
  }
  switch (waiting.length) {
    case 0:
      return '';
    case 1:
      return trans.__('needs %1', first);
    case 2:
      return trans.__('needs %1 and %2', first, second);
    default:
      return trans.__('needs %1 and %2 more', first, waiting.length - 1);
  }
}

function isAtWork({ status }: Session): boolean {
  return status === 'running' || status === 'queued';
}

function state(trans: TranslationBundle, session: Session, now: number): string {
  switch (session.status) {
    case 'running':
      return trans.__('Running');
    case 'queued':
      return trans.__('Queued');
    case 'waiting':
      return trans.__('Waits for your answer');
    case 'failed':
      return session.status_reason ? trans.__('Stopped: %1', session.status_reason) : trans.__('Stopped');
    case 'idle':
      return session.started
        ? updated(trans, session.updated_at, now)
        : [trans.__('(Not started)'), needs(trans, session.dependencies)].filter(Boolean).join(' · ');
  }
}

function keyResults(trans: TranslationBundle, count: number): string {
  return count > 0 ? trans._n('%1 key result', '%1 key results', count) : '';
}
