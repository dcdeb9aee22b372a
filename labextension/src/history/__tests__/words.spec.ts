import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import { suggested } from '../versions/branchForm';
import { authorText, dayText, kindText, namesText, originText, sizeText, versionLine } from '../words';
import { branch, NOON, version } from './make';

const trans = nullTranslator.load('jupyter_sessions');
const now = Date.parse(NOON);
const agent = { by: 'agent' as const, run_id: 'R', session_id: 'S', session_name: 'Model', at: null };
const outside = { ...agent, by: 'outside' as const, session_name: null };

describe('words of the history', () => {
  it('says what made a version', () => {
    expect(kindText(trans, version(1))).toBe('Saved');
    expect(kindText(trans, version(1, { kind: 'outside' }))).toBe('Changed by another program');
    expect(kindText(trans, version(1, { kind: 'outside', deleted: true }))).toBe(
      'Deleted by another program'
    );
    expect(kindText(trans, version(1, { kind: 'run' }))).toBe('Agent’s run');
    expect(kindText(trans, version(1, { kind: 'merge', merged_from: 'boosting' }))).toBe('Merged boosting');
  });

  it('says who made a version, unless what made it tells that', () => {
    expect(authorText(trans, version(1))).toBe('you');
    expect(authorText(trans, version(1, { author: agent }))).toBe('agent in Model');
    expect(authorText(trans, version(1, { author: { ...agent, session_name: null } }))).toBe('agent');
    expect(authorText(trans, version(1, { author: outside }))).toBe('');
    expect(authorText(trans, version(1, { kind: 'found' }))).toBe('');
  });

  it('says how much was changed, and leaves out what was not', () => {
    expect(sizeText(trans, { cells: 3, lines_added: 31, lines_removed: 4 })).toBe('3 cells +31 −4');
    expect(sizeText(trans, { cells: 1, lines_added: 0, lines_removed: 4 })).toBe('1 cell −4');
    expect(sizeText(trans, { cells: 0, lines_added: 0, lines_removed: 0 })).toBe('');
  });

  it('says below a name what the version is', () => {
    expect(versionLine(trans, version(1, { kind: 'run', author: agent }))).toBe(
      'by agent in Model · 1 cell +2 −1'
    );
    expect(versionLine(trans, version(1, { name: 'As sent' }))).toBe('Named · Saved by you · 1 cell +2 −1');
    expect(
      versionLine(
        trans,
        version(1, { kind: 'merge', undone: true, cells: 0, lines_added: 0, lines_removed: 0 })
      )
    ).toBe('by you · no source changed · taken back');
  });

  it('calls the last two days by name', () => {
    expect(dayText(trans, NOON, now)).toBe('Today');
    expect(dayText(trans, '2026-11-17T12:00:00Z', now)).toBe('Yesterday');
    expect(dayText(trans, '2026-11-10T12:00:00Z', now)).toMatch(/10/);
    expect(dayText(trans, '2025-11-10T12:00:00Z', now)).toMatch(/2025/);
  });

  it('says where a branch comes from', () => {
    const made = branch('B', { created_by: 'agent' });
    expect(originText(trans, made, 'main', 'Model', now + 7_200_000)).toMatch(
      /^from main · .+ · by the agent in Model$/
    );
    expect(originText(trans, branch('B'), undefined, undefined, now)).toBe('just now · by you');
    expect(originText(trans, branch('main'), undefined, undefined, now)).toContain('folder');
  });

  it('counts names that do not fit', () => {
    expect(namesText(trans, ['Model'])).toBe('Model');
    expect(namesText(trans, ['Model', 'Features', 'A', 'B'])).toBe('Model, Features and 2 more');
  });
});

describe('the name that a new branch begins with', () => {
  it('comes from the name of the version, else from its time', () => {
    expect(suggested(version(1, { name: 'As sent, to Ann!' }), [])).toBe('as-sent-to-ann');
    expect(suggested(version(1), [])).toMatch(/^from-\d\d-\d\d$/);
  });

  it('is free', () => {
    const taken = [branch('B', { name: 'As-Sent' }), branch('C', { name: 'as-sent-2' })];
    expect(suggested(version(1, { name: 'as sent' }), taken)).toBe('as-sent-3');
  });
});
