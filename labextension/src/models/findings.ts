import type {
  DispositionSet,
  Event,
  KeyResultAdded,
  KeyResultChanged,
  KeyResultRemoved,
  NotebookChanged
} from '../api/schema';
import type { Entry, IDispositionEntry, IKeyResultEntry } from './entries';

type Finding = KeyResultAdded | KeyResultChanged | KeyResultRemoved | DispositionSet;
type Base = Pick<Entry, 'key' | 'seq' | 'ts' | 'runId'>;

/** Take an event about a key result or the disposition into the entries of a log. */
export function projectFinding(entries: Entry[], event: Finding, base: Base): void {
  switch (event.type) {
    case 'key_result.added': {
      const session = event.session_id ?? '';
      entries.push({ ...base, kind: 'keyResult', session, data: event.data, removed: false });
      break;
    }
    case 'key_result.changed':
      patchResult(entries, event.data.key_result, entry => ({
        ...entry,
        data: { ...entry.data, ...event.data }
      }));
      break;
    case 'key_result.removed':
      patchResult(entries, event.data.key_result, entry => ({ ...entry, removed: true }));
      break;
    case 'disposition.set':
      entries.forEach((entry, place) => {
        if (entry.kind === 'disposition' && entry.current) {
          entries[place] = { ...entry, current: false };
        }
      });
      entries.push(decided(event, base));
  }
}

/** Whether an event may make key results or the disposition other than they were read. */
export function touchesFindings(event: Event): boolean {
  return /^(key_result|disposition)\./.test(event.type) || event.type === 'cell.executed';
}

/** Whether a change of a notebook may make a key result stale: outputs alone do not. */
export function touchesSources(change: NotebookChanged): boolean {
  return change.ops.some(({ op }) => op === 'edit' || op === 'insert' || op === 'delete');
}

function decided(event: DispositionSet, base: Base): IDispositionEntry {
  const { value, evidence, json_schema } = event.data;
  const session = event.session_id ?? '';
  return {
    ...base,
    kind: 'disposition',
    session,
    value,
    evidence,
    schema: json_schema,
    by: event.actor,
    current: true
  };
}

function patchResult(
  entries: Entry[],
  id: string,
  patched: (entry: IKeyResultEntry) => IKeyResultEntry
): void {
  const place = entries.findLastIndex(entry => entry.kind === 'keyResult' && entry.data.key_result === id);
  const entry = entries[place];
  if (entry?.kind === 'keyResult') {
    entries[place] = patched(entry);
  }
}
