import type { LineForked, MessagePinned, SessionForked } from '../api/schema';
import type { Entry, IEarlierEntry, IFork } from './entries';
import { notePin } from './landmarks';
import { type Base, type ILog, patchEntry } from './log';
import { halted } from './running';

/** An earlier message was edited: what was said since folds into one entry. */
export function forked(log: ILog, event: LineForked, base: Base): void {
  foldBehind(log, { after: event.data.after, until: event.seq }, base);
}

/** Fold the entries that begin behind `after`. */
export function foldBehind(log: ILog, fork: IFork, base: Base): void {
  const place = log.entries.findIndex(entry => entry.seq > fork.after);
  const left = place < 0 ? [] : log.entries.splice(place);
  for (const [id, at] of log.calls) {
    if (place >= 0 && at >= place) {
      log.calls.delete(id);
    }
  }
  const entry: IEarlierEntry = {
    ...base,
    ...fork,
    key: foldKey(fork),
    seq: fork.after + 1,
    kind: 'earlier',
    entries: left.map(deeper)
  };
  log.entries.push(entry);
}

/** Name of the fold of a stretch, by which it is kept open. */
export function foldKey(fork: IFork): string {
  return `f${fork.until}`;
}

/** The log goes on in a session of its own. */
export function branchedOff(log: ILog, event: SessionForked, base: Base): void {
  halted(log);
  const { source, name, seq } = event.data;
  log.entries.push({ ...base, kind: 'forked', source, name, at: seq });
}

export function pinned(log: ILog, event: MessagePinned): void {
  const { seq, pinned: on } = event.data;
  notePin(log.pins, event);
  const place = log.entries.findIndex(entry => entry.seq === seq);
  const entry = log.entries[place];
  if (entry?.kind === 'user' || entry?.kind === 'agent') {
    patchEntry(log, place, { pinned: on });
  }
}

/** Entries as they stand in the log: what is folded is left out, what is unfolded follows its row. */
export function unfolded(entries: readonly Entry[], isOpen: (key: string) => boolean): Entry[] {
  return entries.flatMap(entry =>
    entry.kind === 'earlier' && isOpen(entry.key) ? [entry, ...unfolded(entry.entries, isOpen)] : [entry]
  );
}

/** How many entries a fold holds, with those of the folds in it. */
export function countOf(entry: IEarlierEntry): number {
  return entry.entries.reduce(
    (count, each) => count + (each.kind === 'earlier' ? countOf(each) : isEmpty(each) ? 0 : 1),
    0
  );
}

/** An entry that shows nothing: its calls are shown as a question. */
export function isEmpty(entry: Entry): boolean {
  return entry.kind === 'calls' && entry.calls.every(call => call.hidden);
}

function deeper(entry: Entry): Entry {
  const depth = (entry.depth ?? 0) + 1;
  return entry.kind === 'earlier'
    ? { ...entry, depth, entries: entry.entries.map(deeper) }
    : { ...entry, depth };
}
