import type { TranslationBundle } from '@jupyterlab/translation';

import type { Session } from '../api/schema';
import type { Mark } from '../components/marks';
import { updated } from '../components/times';

/** Second line of a session in the list; `stale`: the server does not answer. */
export function line2(trans: TranslationBundle, session: Session, stale: boolean, now = Date.now()): string {
  const results = keyResults(trans, session.key_result_count);
  return [state(trans, session, stale, now), results].filter(Boolean).join(' · ');
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

function state(trans: TranslationBundle, session: Session, stale: boolean, now: number): string {
  if (stale && (session.status === 'running' || session.status === 'queued')) {
    return trans.__('State not known');
  }
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
      return session.started ? updated(trans, session.updated_at, now) : trans.__('(Not started)');
  }
}

function keyResults(trans: TranslationBundle, count: number): string {
  return count > 0 ? trans._n('%1 key result', '%1 key results', count) : '';
}
