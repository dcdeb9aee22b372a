import type { TranslationBundle } from '@jupyterlab/translation';

import type { ForkProbe, ForkRecord, Hazard } from '../../api/schema';
import { duration, when } from '../../components/times';

/** What stands before the words about an engine. */
export type EngineMark = 'checking' | 'ok' | 'caution' | 'again' | 'waits' | 'empty' | 'error';

/** How a fork would be made, as the popover says it. */
export interface IEngineLine {
  readonly mark: EngineMark;
  readonly title: string;
  readonly detail: string;
}

/** A cell of the notebook that runs now. */
export interface IRunningCell {
  /** First line of its source. */
  readonly source: string;
  /** When it began, in milliseconds; `null` when nobody knows. */
  readonly since: number | null;
}

/** What the popover knows when it says how a fork would be made. */
export interface IKnown {
  readonly probe: ForkProbe | null;
  /** Why the kernel could not be asked. */
  readonly problem: string;
  /** Cells with code up to the fork. */
  readonly code: number;
  readonly running: IRunningCell | null;
  readonly now: number;
}

/** How a fork would be made. */
export function engineLine(trans: TranslationBundle, known: IKnown): IEngineLine {
  const { probe, problem } = known;
  if (problem !== '') {
    return { mark: 'error', title: trans.__('The kernel cannot be checked'), detail: problem };
  }
  if (probe === null) {
    return {
      mark: 'checking',
      title: trans.__('Checking the kernel…'),
      detail: trans.__('Up to 0.5 s. You can fork now; the best way is taken.')
    };
  }
  if (waits(probe)) {
    return waitingLine(trans, known);
  }
  switch (probe.engine) {
    case 'fork':
      return forkLine(trans, probe);
    case 'namespace':
      return {
        mark: 'caution',
        title: copiesText(trans, probe),
        detail: copiesDetail(trans, probe, known.now)
      };
    case 'rerun':
      return rerunLine(trans, probe, known.code);
  }
}

/** Whether a fork has to wait for the end of a cell. */
export function waits({ engine, busy }: ForkProbe): boolean {
  return busy && engine !== 'rerun';
}

/** Whether the branch begins without anything to run. */
export function startsEmpty({ engine }: ForkProbe, code: number): boolean {
  return engine === 'rerun' && code === 0;
}

function waitingLine(trans: TranslationBundle, { running, now }: IKnown): IEngineLine {
  const detail = trans.__('A fork is taken between two cells, so that no value is half written.');
  if (running === null) {
    return { mark: 'waits', title: trans.__('Waits for the cell that runs'), detail };
  }
  const title =
    running.since === null
      ? trans.__('Waits for cell [*]')
      : trans.__('Waits for cell [*], running for %1', duration(trans, Math.max(0, now - running.since)));
  return { mark: 'waits', title, detail };
}

function forkLine(trans: TranslationBundle, probe: ForkProbe): IEngineLine {
  const { missing, memory, milliseconds, hazards } = probe;
  const differs = hazards.filter(each => each.code === HISTORY).map(each => each.detail);
  const size = memory > 0 ? trans.__('%1 in memory.', bytes(trans, memory)) : '';
  if (missing > 0) {
    const ranAfter = trans._n(
      'It ran after the state that was kept.',
      'They ran after the state that was kept.',
      missing
    );
    return {
      mark: 'ok',
      title: trans._n('Shares memory, runs %1 cell again', 'Shares memory, runs %1 cells again', missing),
      detail: [size, ranAfter, ...differs].filter(Boolean).join(' ')
    };
  }
  const title =
    milliseconds === null
      ? trans.__('Shares memory')
      : trans.__('Shares memory, ready in %1', duration(trans, Math.max(100, milliseconds), true));
  return {
    mark: 'ok',
    title,
    detail: [size, trans.__('Nothing is computed again.'), ...differs].filter(Boolean).join(' ')
  };
}

/** "Loads saved variables, about 3 s" */
function copiesText(trans: TranslationBundle, { milliseconds, missing, saved_at }: ForkProbe): string {
  const does = saved_at === null ? trans.__('Copies the variables') : trans.__('Loads saved variables');
  if (missing > 0) {
    return trans._n('%2, runs %1 cell again', '%2, runs %1 cells again', missing, does);
  }
  return milliseconds === null ? does : trans.__('%1, about %2', does, roughly(trans, milliseconds));
}

/** "1.0 GB, saved 5 min ago: 41 of 42 variables. The notebook has no kernel here." */
function copiesDetail(trans: TranslationBundle, probe: ForkProbe, now: number): string {
  const { memory, saved_at, variables, not_carried, hazards, reason } = probe;
  const differs = hazards.filter(each => each.code === HISTORY).map(each => each.detail);
  const what =
    saved_at === null
      ? [
          memory > 0 ? trans.__('Up to %1.', bytes(trans, memory)) : '',
          trans.__('The kernel runs no cell meanwhile.')
        ]
          .filter(Boolean)
          .join(' ')
      : trans.__(
          '%1, saved %2: %3.',
          bytes(trans, memory),
          when(trans, saved_at, now),
          variablesText(trans, variables ?? 0, not_carried)
        );
  return [what, ...differs, reason].filter(Boolean).join(' ');
}

/** "41 of 42 variables"; a result that a cell showed is none. */
function variablesText(trans: TranslationBundle, count: number, lost: ForkRecord['not_carried']): string {
  const total = count + lost.filter(({ name }) => !name.startsWith('Out[')).length;
  return total === count
    ? trans._n('%1 variable', '%1 variables', count)
    : trans._n('%2 of %1 variable', '%2 of %1 variables', total, count);
}

function rerunLine(trans: TranslationBundle, probe: ForkProbe, code: number): IEngineLine {
  if (startsEmpty(probe, code)) {
    return {
      mark: 'empty',
      title: trans.__('Starts empty'),
      detail: trans.__('No cell above holds code, so there is nothing to carry over.')
    };
  }
  const cells = trans._n('Runs %1 cell again', 'Runs %1 cells again', probe.missing || code);
  return {
    mark: 'again',
    title:
      probe.milliseconds === null
        ? cells
        : trans.__('%1, about %2', cells, roughly(trans, probe.milliseconds)),
    detail: [probe.reason, trans.__('Times, random numbers and what the cells wrote may differ.')]
      .filter(Boolean)
      .join(' ')
  };
}

/** How the state differs from what the cells say: nothing is lost by it. */
const HISTORY = 'history';

function isLoss({ code, level }: Hazard): boolean {
  return level === 'warn' && code !== HISTORY;
}

/** Something that a branch lacks, or has not in working order. */
export interface ILost {
  /** "Thread" */
  readonly kind: string;
  readonly names: readonly string[];
  /** A sentence. */
  readonly detail: string;
}

type Lossy = Pick<ForkRecord, 'engine' | 'hazards' | 'not_carried'>;

/** What a fork does not carry over, by name. */
export function lostOf(trans: TranslationBundle, { engine, hazards, not_carried }: Lossy): ILost[] {
  if (engine !== 'fork' && engine !== 'namespace') {
    return [];
  }
  const warned = hazards.filter(isLoss);
  const said = new Set(warned.flatMap(each => each.names));
  const reasons = new Map<string, string[]>();
  for (const { name, reason } of not_carried.filter(each => !said.has(each.name))) {
    reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  }
  return [
    ...warned.map(each => ({ kind: kindOf(trans, each), names: each.names, detail: each.detail })),
    ...[...reasons].map(([detail, names]) => ({
      kind: trans._n('Variable', 'Variables', names.length),
      names,
      detail
    }))
  ];
}

/** "2 threads, 1 database connection" */
export function lostText(trans: TranslationBundle, lossy: Lossy): string {
  const { engine, hazards, not_carried } = lossy;
  if (lostOf(trans, { engine, hazards, not_carried }).length === 0) {
    return '';
  }
  const counts = new Map<string, number>();
  for (const each of hazards.filter(isLoss)) {
    const code = each.code === 'duckdb' ? 'connections' : each.code;
    counts.set(code, (counts.get(code) ?? 0) + Math.max(1, each.names.length));
  }
  const said = new Set(hazards.flatMap(each => each.names));
  const others = not_carried.filter(each => !said.has(each.name)).length;
  return [
    ...[...counts].map(([code, count]) => countText(trans, code, count)),
    ...(others > 0 ? [trans._n('%1 variable', '%1 variables', others)] : [])
  ].join(', ');
}

function kindOf(trans: TranslationBundle, { code, names }: Hazard): string {
  const count = Math.max(1, names.length);
  switch (code) {
    case 'threads':
      return trans._n('Thread', 'Threads', count);
    case 'processes':
      return trans._n('Process', 'Processes', count);
    case 'connections':
    case 'duckdb':
      return trans._n('Connection', 'Connections', count);
    case 'sockets':
      return trans.__('Network');
    case 'shared-memory':
      return trans.__('Memory');
    case 'tasks':
      return trans._n('Task', 'Tasks', count);
    default:
      return trans.__('Other');
  }
}

function countText(trans: TranslationBundle, code: string, count: number): string {
  switch (code) {
    case 'threads':
      return trans._n('%1 thread', '%1 threads', count);
    case 'processes':
      return trans._n('%1 process', '%1 processes', count);
    case 'connections':
      return trans._n('%1 database connection', '%1 database connections', count);
    case 'sockets':
      return trans._n('%1 network connection', '%1 network connections', count);
    case 'shared-memory':
      return trans._n('%1 shared memory', '%1 shared memories', count);
    case 'tasks':
      return trans._n('%1 task', '%1 tasks', count);
    default:
      return trans._n('%1 other thing', '%1 other things', count);
  }
}

/** What was done, in a word or two: for the fork line and the tree. */
export function engineWord(trans: TranslationBundle, engine: ForkRecord['engine']): string {
  switch (engine) {
    case 'fork':
      return trans.__('memory shared');
    case 'namespace':
      return trans.__('variables loaded');
    case 'rerun':
      return trans.__('cells run again');
    case 'none':
      return trans.__('without state');
  }
}

/** The same, with how many variables and of what age where they were saved: for the fork line. */
export function engineText(trans: TranslationBundle, record: ForkRecord, forked: string): string {
  const { engine, saved_at, size, variables, not_carried } = record;
  const word = engineWord(trans, engine);
  if (saved_at === null || variables === null || size === null) {
    return word;
  }
  const what = `${word}: ${variablesText(trans, variables, not_carried)}, ${bytes(trans, size)}`;
  const age = Date.parse(forked) - Date.parse(saved_at);
  return age < MINUTE ? what : trans.__('%1, saved %2 before', what, roughly(trans, age));
}

const MINUTE = 60_000;

/** A number of bytes: "850 MB", "2.1 GB". */
export function bytes(trans: TranslationBundle, count: number): string {
  const units: [number, string][] = [
    [1e9, trans.__('GB')],
    [1e6, trans.__('MB')],
    [1e3, trans.__('kB')]
  ];
  const [size, unit] = units.find(([each]) => count >= each) ?? [1e3, trans.__('kB')];
  const value = count / size;
  return `${value.toLocaleString(undefined, { maximumFractionDigits: value < 10 ? 1 : 0 })} ${unit}`;
}

/** About how long: "3 s", "2 min", "1 h". */
export function roughly(trans: TranslationBundle, ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) {
    return trans.__('%1 s', seconds);
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? trans.__('%1 min', minutes) : trans.__('%1 h', Math.round(minutes / 60));
}
