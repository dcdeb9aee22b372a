import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import type { Disposition, NewDependency, Session } from '../../../api/schema';
import { blockedText, choiceFields, cycleThrough, standOf, standText } from '../states';

const trans = nullTranslator.load('jupyter_sessions');

function session(id: string, needs: string[] = [], more: Partial<Session> = {}): Session {
  const dependencies = needs.map(each => ({ session_id: each }));
  return {
    id,
    name: id.toUpperCase(),
    dependencies,
    key_result_count: 0,
    decided: false,
    ...more
  } as Session;
}

const RISK: NewDependency = { session_id: 'triage', kind: 'decided', field: 'risk', value: 'HIGH' };
const COMPLETE: NewDependency = { session_id: 'triage', kind: 'complete', field: null, value: null };

describe('a cycle', () => {
  const all = [
    session('a', ['b']),
    session('b', ['c']),
    session('c'),
    session('d', ['e']),
    session('e', ['d'])
  ];

  it('is seen through other sessions', () => {
    expect(cycleThrough('c', 'a', all)).toBe('C');
    expect(cycleThrough('c', 'b', all)).toBe('C');
    expect(cycleThrough('a', 'c', all)).toBeNull();
  });

  it('is none for a session that is not made yet, and is no trap', () => {
    expect(cycleThrough(null, 'a', all)).toBeNull();
    expect(cycleThrough('a', 'd', all)).toBeNull();
  });
});

describe('how a dependency stands', () => {
  const decided = { value: { risk: 'LOW' } } as unknown as Disposition;

  it('complete: a key result or a disposition', () => {
    expect(standOf(COMPLETE, [session('triage')], undefined).state).toBe('waiting');
    expect(standOf(COMPLETE, [session('triage', [], { key_result_count: 1 })], undefined).state).toBe('met');
    expect(standOf(COMPLETE, [session('triage', [], { decided: true })], undefined).state).toBe('met');
    expect(standOf(COMPLETE, [], undefined).state).toBe('gone');
  });

  it('decided: the same value of the same type', () => {
    const sessions = [session('triage')];
    expect(standOf(RISK, sessions, undefined).state).toBe('unknown');
    expect(standOf(RISK, sessions, decided)).toEqual({ state: 'contradicted', actual: 'LOW' });
    expect(standOf({ ...RISK, value: 'LOW' }, sessions, decided).state).toBe('met');
    expect(standOf({ ...RISK, field: 'other' }, sessions, decided).state).toBe('waiting');
  });

  it('is said in words', () => {
    const stand = { state: 'contradicted', actual: 'LOW' } as const;
    expect(standText(trans, stand)).toBe('Not met: LOW');
    expect(blockedText(trans, RISK, stand, 'Triage')).toBe(
      'Cannot start: Triage decided risk = LOW, this session needs HIGH.'
    );
    expect(blockedText(trans, RISK, { state: 'met' }, 'Triage')).toBeNull();
  });
});

describe('fields to depend on', () => {
  it('are those with a few values', () => {
    const properties = {
      risk: { enum: ['LOW', 'HIGH'] },
      ship: { type: 'boolean' },
      note: { type: 'string' },
      odd: true
    };
    const fields = choiceFields({ json_schema: { properties } } as unknown as Disposition);
    expect(fields).toEqual([
      { name: 'risk', values: ['LOW', 'HIGH'] },
      { name: 'ship', values: [true, false] }
    ]);
    expect(choiceFields({ json_schema: null } as Disposition)).toEqual([]);
  });
});
