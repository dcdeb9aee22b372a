import { JSONExt, type PartialJSONValue } from '@lumino/coreutils';

import type { Disposition } from '../api/schema';
import { keysOf } from '../conversation/cards/decided';

/** Most sessions that stand side by side. */
export const MOST = 4;

/** `partial`: those that have decided agree, and some have not decided. */
export type Verdict = 'same' | 'differs' | 'partial';

/** What one session has decided for a key. */
export interface ICell {
  readonly decided: boolean;
  readonly value: unknown;
  /** It is unlike what most of the others have. */
  readonly odd: boolean;
  /** Id of the key result that it rests on. */
  readonly evidence: string | undefined;
}

/** One key of the dispositions, over all sessions. */
export interface IRow {
  readonly key: string;
  readonly verdict: Verdict;
  readonly cells: readonly ICell[];
}

/** The keys of all dispositions, each once, with the value of each session. */
export function rowsOf(dispositions: readonly (Disposition | null)[]): IRow[] {
  const keys = new Set(dispositions.flatMap(each => (each ? keysOf(each) : [])));
  return [...keys].map(key => rowOf(key, dispositions));
}

/** Whether all of these are the same; what is not known says nothing. */
export function verdictOf(values: readonly unknown[]): Verdict {
  const known = values.filter(value => value !== undefined);
  const [first, ...others] = known;
  if (others.some(value => !isEqual(value, first))) {
    return 'differs';
  }
  return known.length < values.length ? 'partial' : 'same';
}

function rowOf(key: string, dispositions: readonly (Disposition | null)[]): IRow {
  const values = dispositions.map(each => own(each?.value, key));
  const verdict = verdictOf(values);
  const usual = verdict === 'differs' ? mostCommon(values.filter(value => value !== undefined)) : undefined;
  const cells = values.map((value, index) => ({
    decided: value !== undefined,
    value,
    odd: verdict === 'differs' && value !== undefined && (usual === undefined || !isEqual(value, usual)),
    evidence: own(dispositions[index]?.evidence, key)
  }));
  return { key, verdict, cells };
}

/** The value that more have than any other; `undefined` when there is none. */
function mostCommon(values: readonly unknown[]): unknown {
  const groups: { value: unknown; count: number }[] = [];
  for (const value of values) {
    const group = groups.find(each => isEqual(each.value, value));
    if (group) {
      group.count += 1;
    } else {
      groups.push({ value, count: 1 });
    }
  }
  const most = Math.max(...groups.map(each => each.count));
  const [first, second] = groups.filter(each => each.count === most);
  return second ? undefined : first?.value;
}

/** A value under a name that anyone may have chosen: never one that all objects have. */
function own<T>(object: Readonly<Record<string, T>> | null | undefined, key: string): T | undefined {
  return object && Object.hasOwn(object, key) ? object[key] : undefined;
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSONExt.deepEqual(a as PartialJSONValue, b as PartialJSONValue);
}
