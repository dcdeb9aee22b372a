import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import type { ForkProbe, ForkRecord } from '../../../api/schema';
import { bytes, engineLine, engineText, type IKnown, lostOf, lostText, roughly } from '../words';
import { hazard, probe, record } from './make';

const trans = nullTranslator.load('');

const line = (of: Partial<ForkProbe> | null, known: Partial<IKnown> = {}) =>
  engineLine(trans, { probe: of && probe(of), problem: '', code: 10, running: null, now: 0, ...known });

describe('the way that a fork is made', () => {
  it('is not known while the kernel is checked', () => {
    expect(line(null)).toMatchObject({ mark: 'checking', title: 'Checking the kernel…' });
  });

  it('names the memory that is shared', () => {
    expect(line({})).toEqual({
      mark: 'ok',
      title: 'Shares memory, ready in 0.1 s',
      detail: '2.1 GB in memory. Nothing is computed again.'
    });
  });

  it('counts the cells that ran after what was kept', () => {
    expect(line({ missing: 2 }).title).toBe('Shares memory, runs 2 cells again');
  });

  it('says how the state differs from the cells', () => {
    const differs = hazard('history', [], { detail: 'Forked as it is now: 1 cell changed since.' });
    expect(line({ hazards: [differs] }).detail).toContain('1 cell changed since.');
    expect(lostOf(trans, probe({ hazards: [differs] }))).toEqual([]);
  });

  it('loads what was saved, and says how much of it and how old it is', () => {
    const saved: Partial<ForkProbe> = {
      engine: 'namespace',
      reason: 'The kernel died.',
      milliseconds: 3_000,
      memory: 1_000_000_000,
      variables: 41,
      not_carried: [
        { name: 'gen', reason: 'It runs.' },
        { name: 'Out[3]', reason: 'It runs.' }
      ],
      saved_at: new Date(0).toISOString()
    };
    expect(line(saved, { now: 300_000 })).toEqual({
      mark: 'caution',
      title: 'Loads saved variables, about 3 s',
      detail: '1 GB, saved 5 min ago: 41 of 42 variables. The kernel died.'
    });
    expect(line({ ...saved, missing: 2 }).title).toBe('Loads saved variables, runs 2 cells again');
    expect(line({ ...saved, not_carried: [] }).detail).toContain(': 41 variables.');
  });

  it('copies the variables of a kernel that cannot be forked, and says that it stands still', () => {
    const copied: Partial<ForkProbe> = { engine: 'namespace', reason: 'Polars runs.', milliseconds: 9_000 };
    expect(line(copied)).toEqual({
      mark: 'caution',
      title: 'Copies the variables, about 9 s',
      detail: 'Up to 2.1 GB. The kernel runs no cell meanwhile. Polars runs.'
    });
  });

  it('is told in the line of the branch, with the age of what was loaded', () => {
    const text = (patch: Partial<ForkRecord>, forked = 600_000) =>
      engineText(trans, record(patch), new Date(forked).toISOString());
    const saved: Partial<ForkRecord> = {
      engine: 'namespace',
      saved_at: new Date(0).toISOString(),
      size: 46_000_000,
      variables: 1
    };
    expect(text({})).toBe('memory shared');
    expect(text(saved)).toBe('variables loaded: 1 variable, 46 MB, saved 10 min before');
    expect(text(saved, 1_000)).toBe('variables loaded: 1 variable, 46 MB');
  });

  it('runs the cells again where there is no state, and says why', () => {
    expect(line({ engine: 'rerun', reason: 'The kernel died.', milliseconds: 118_000 })).toEqual({
      mark: 'again',
      title: 'Runs 10 cells again, about 2 min',
      detail: 'The kernel died. Times, random numbers and what the cells wrote may differ.'
    });
    expect(line({ engine: 'rerun', milliseconds: null }, { code: 1 }).title).toBe('Runs 1 cell again');
  });

  it('starts empty where there is nothing to run', () => {
    expect(line({ engine: 'rerun' }, { code: 0 }).title).toBe('Starts empty');
  });

  it('waits for the cell that runs, and counts the seconds where they are known', () => {
    const busy = { busy: true };
    expect(line(busy).title).toBe('Waits for the cell that runs');
    const running = (since: number | null) => ({ running: { source: 'fit()', since }, now: 60_000 });
    expect(line(busy, running(null)).title).toBe('Waits for cell [*]');
    expect(line(busy, running(12_000)).title).toBe('Waits for cell [*], running for 48 s');
    expect(line({ ...busy, engine: 'rerun' }).mark).toBe('again');
  });

  it('tells that the kernel cannot be asked', () => {
    expect(line(null, { problem: 'It is gone.' })).toMatchObject({ mark: 'error', detail: 'It is gone.' });
  });
});

describe('what is not carried over', () => {
  const lossy = probe({
    hazards: [
      hazard('threads', ['prefetch-0', 'prefetch-1']),
      hazard('connections', ['con']),
      hazard('duckdb', ['duck']),
      hazard('native-pool', [], { level: 'refuse' })
    ],
    not_carried: [
      { name: 'con', reason: 'sqlite3' },
      { name: 'bar', reason: 'tqdm' }
    ]
  });

  it('is counted by kind', () => {
    expect(lostText(trans, lossy)).toBe('2 threads, 2 database connections, 1 variable');
  });

  it('is named, each once', () => {
    expect(lostOf(trans, lossy).map(({ kind, names }) => [kind, ...names])).toEqual([
      ['Threads', 'prefetch-0', 'prefetch-1'],
      ['Connection', 'con'],
      ['Connection', 'duck'],
      ['Variable', 'bar']
    ]);
  });

  it('is nothing where the cells run again', () => {
    expect(lostOf(trans, { ...lossy, engine: 'rerun' })).toEqual([]);
    expect(lostText(trans, { ...lossy, engine: 'none' })).toBe('');
  });
});

describe('amounts', () => {
  it('are said as people read them', () => {
    expect([900, 46_000_000, 2_100_000_000].map(each => bytes(trans, each))).toEqual([
      '0.9 kB',
      '46 MB',
      '2.1 GB'
    ]);
    expect([10, 3_000, 118_000, 7_300_000].map(each => roughly(trans, each))).toEqual([
      '1 s',
      '3 s',
      '2 min',
      '2 h'
    ]);
  });
});
