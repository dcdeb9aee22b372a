import type { ForkProbe, ForkRecord, Hazard } from '../../../api/schema';

/** A probe as the server gives it. */
export function probe(patch: Partial<ForkProbe> = {}): ForkProbe {
  return {
    engine: 'fork',
    reason: '',
    text: '',
    milliseconds: 52,
    memory: 2_100_000_000,
    busy: false,
    missing: 0,
    hazards: [],
    not_carried: [],
    saved_at: null,
    variables: null,
    ...patch
  };
}

export function hazard(code: string, names: string[], patch: Partial<Hazard> = {}): Hazard {
  return { code, level: 'warn', detail: `About ${code}.`, names, ...patch };
}

/** How a branch was forked, as the server keeps it. */
export function record(patch: Partial<ForkRecord> = {}): ForkRecord {
  return {
    notebook: 'model.ipynb',
    cell_id: 'c',
    shared: 3,
    below: 'keep',
    engine: 'fork',
    reason: '',
    milliseconds: 52,
    hazards: [],
    not_carried: [],
    saved_at: null,
    size: null,
    variables: null,
    ...patch
  };
}
