import type { ForkProbe, Hazard } from '../../../api/schema';

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
    ...patch
  };
}

export function hazard(code: string, names: string[], patch: Partial<Hazard> = {}): Hazard {
  return { code, level: 'warn', detail: `About ${code}.`, names, ...patch };
}
