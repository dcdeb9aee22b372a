import type { Entry, IActiveRun, IChanges, IChanging, IFork, IQueued } from './entries';

/** What a stretch of a session's log amounts to. Made by `project`, event by event. */
export interface ILog {
  readonly entries: Entry[];
  /** Place of the entry that a call is in. */
  readonly calls: Map<string, number>;
  /** Messages that are pinned, by their events. */
  readonly pins: Set<number>;
  queue: readonly IQueued[];
  run: IActiveRun | null;
  /** What the run has changed; `null` when it began before this stretch. */
  changes: IChanging | null;
  /** What the server says of the changes of runs that have not ended yet. */
  readonly kept: Map<string, IChanges>;
}

/** What the server says besides the log: a run or a queue that began before the part that is loaded. */
export interface IStart {
  readonly run: IActiveRun | null;
  readonly queue: readonly IQueued[];
}

/** What counts for the whole log, wherever it is said: stretches that were left, and pinned messages. */
export interface ILandmarks {
  readonly forks: readonly IFork[];
  readonly pins: ReadonlySet<number>;
}

export const NO_START: IStart = { run: null, queue: [] };

/** What all entries have. */
export type Base = Pick<Entry, 'key' | 'seq' | 'ts' | 'runId'>;

export function newLog(start: IStart = NO_START, pins: ReadonlySet<number> = new Set()): ILog {
  return {
    entries: [],
    calls: new Map(),
    pins: new Set(pins),
    queue: [...start.queue],
    run: start.run,
    changes: null,
    kept: new Map()
  };
}

/** Replace the entry at a place. */
export function patchEntry(log: ILog, place: number, patch: Partial<Entry>): void {
  log.entries[place] = { ...log.entries[place], ...patch } as Entry;
}
