import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import type { Dependency, Session } from '../../api/schema';
import { line2, markOf } from '../line2';

const trans = nullTranslator.load('jupyter_sessions');
const NOW = Date.parse('2026-11-20T14:00:00');

function session(patch: Partial<Session>): Session {
  return {
    id: 'S',
    project_id: 'P',
    name: 'Model',
    position: 0,
    active_branch: 'main',
    model: null,
    status: 'idle',
    status_reason: null,
    processing_ms: 0,
    started: true,
    key_result_count: 0,
    last_seq: 1,
    request: null,
    has_schema: false,
    decided: false,
    dependencies: [],
    usage: { input_tokens: 0, output_tokens: 0, requests: 0, cost: null },
    forked_from: null,
    forked_seq: null,
    archived_at: null,
    created_at: '2026-11-20T10:00:00',
    updated_at: '2026-11-20T13:00:00',
    ...patch
  };
}

function needed(name: string, state: Dependency['state']): Dependency {
  const nothing = { field: null, value: null, actual: null, imported_seq: null };
  return { session_id: name, name, kind: 'complete', state, moved_on: false, ...nothing };
}

function notStarted(...dependencies: Dependency[]): Partial<Session> {
  return { started: false, dependencies };
}

const cases: [string, Partial<Session>, boolean][] = [
  ['Updated 1 h ago', {}, false],
  ['Updated just now', { updated_at: '2026-11-20T13:59:30' }, false],
  ['Updated 5 min ago', { updated_at: '2026-11-20T13:55:00' }, false],
  ['Updated yesterday', { updated_at: '2026-11-19T23:00:00' }, false],
  ['Updated 1 h ago · 3 key results', { key_result_count: 3 }, false],
  ['Running · 1 key result', { status: 'running', key_result_count: 1 }, false],
  ['Queued', { status: 'queued' }, false],
  ['Waits for your answer', { status: 'waiting' }, false],
  [
    'Stopped: no answer from the model',
    { status: 'failed', status_reason: 'no answer from the model' },
    false
  ],
  ['Stopped', { status: 'failed' }, false],
  ['(Not started)', notStarted(), false],
  ['(Not started)', notStarted(needed('Model', 'met')), false],
  ['(Not started) · needs Model', notStarted(needed('Triage', 'met'), needed('Model', 'waiting')), false],
  ['(Not started) · needs A and B', notStarted(needed('A', 'waiting'), needed('B', 'waiting')), false],
  [
    '(Not started) · needs A and 2 more',
    notStarted(needed('A', 'waiting'), needed('B', 'waiting'), needed('C', 'waiting')),
    false
  ],
  [
    '(Not started) · Triage decided otherwise',
    notStarted(needed('A', 'waiting'), needed('Triage', 'contradicted')),
    false
  ],
  [
    '(Not started) · needs A, which was deleted',
    notStarted(needed('Triage', 'contradicted'), needed('A', 'gone')),
    false
  ],
  ['Updated 1 h ago', { dependencies: [needed('Model', 'waiting')] }, false],
  ['State not known', { status: 'running', key_result_count: 1 }, true],
  ['State not known', { status: 'queued' }, true],
  ['Waits for your answer', { status: 'waiting' }, true]
];

describe('line2', () => {
  it.each(cases)('says "%s"', (text, patch, stale) => {
    expect(line2(trans, session(patch), stale, NOW)).toBe(text);
  });

  it('has no icon while the server does not answer', () => {
    expect(markOf(session({ status: 'running' }), false)).toBe('running');
    expect(markOf(session({ status: 'running' }), true)).toBeNull();
  });
});
