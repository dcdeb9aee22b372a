import type { Version } from '../../api/schema';

/** A version of the branch, or of one that it was made from (`shared`). */
export interface IVersionEntry {
  readonly kind: 'version';
  readonly key: string;
  readonly version: Version;
  readonly shared: boolean;
  /** It lies in a group that is open. */
  readonly inside: boolean;
}

/** Saves of one day with nothing between them, newest first. */
export interface IGroupEntry {
  readonly kind: 'group';
  readonly key: string;
  readonly versions: readonly Version[];
  readonly shared: boolean;
  readonly open: boolean;
}

export interface IDayEntry {
  readonly kind: 'day';
  readonly key: string;
  readonly ts: string;
}

/** Where the branch was made: below it are the versions of the other one. */
export interface IForkEntry {
  readonly kind: 'fork';
  readonly key: string;
  /** Id of the branch that it was made from. */
  readonly from: string;
}

export type Entry = IVersionEntry | IGroupEntry | IDayEntry | IForkEntry;

/** Versions of one branch: of the one looked at, or of one that it was made from. */
export interface ISegment {
  readonly branch: string;
  readonly versions: readonly Version[];
}

/** So many saves are worth a fold. */
const ENOUGH = 3;

/** What the list shows: days, versions, and folded runs of saves; `isOpen`: a version is unfolded. */
export function entriesOf(segments: readonly ISegment[], isOpen: (version: number) => boolean): Entry[] {
  const entries: Entry[] = [];
  let day = '';
  segments.forEach(({ branch, versions }, index) => {
    const shared = index > 0;
    if (shared) {
      entries.push({ kind: 'fork', key: `fork-${branch}`, from: branch });
      day = '';
    }
    for (const run of runsOf(versions, shared)) {
      const ts = run[0]?.created_at ?? '';
      if (dayOf(ts) !== day) {
        day = dayOf(ts);
        entries.push({ kind: 'day', key: `day-${branch}-${day}`, ts });
      }
      entries.push(...runEntries(run, shared, isOpen));
    }
  });
  return entries;
}

/** The entry that shows a version: its own, or the folded group that it lies in. */
export function entryOf(entries: readonly Entry[], version: number): IVersionEntry | IGroupEntry | undefined {
  const found = entries.find(
    entry =>
      (entry.kind === 'version' && entry.version.id === version) ||
      (entry.kind === 'group' && !entry.open && entry.versions.some(each => each.id === version))
  );
  return found as IVersionEntry | IGroupEntry | undefined;
}

/** The oldest and the newest version of an entry. */
export function spanOf(entry: IVersionEntry | IGroupEntry): { oldest: Version; newest: Version } {
  if (entry.kind === 'version') {
    return { oldest: entry.version, newest: entry.version };
  }
  const [newest] = entry.versions;
  return { oldest: entry.versions.at(-1) as Version, newest: newest as Version };
}

export function isVersion(entry: Entry | undefined): entry is IVersionEntry | IGroupEntry {
  return entry?.kind === 'version' || entry?.kind === 'group';
}

function runEntries(
  run: readonly Version[],
  shared: boolean,
  isOpen: (version: number) => boolean
): (IVersionEntry | IGroupEntry)[] {
  const single = (version: Version, inside: boolean): IVersionEntry => ({
    kind: 'version',
    key: `v${version.id}`,
    version,
    shared,
    inside
  });
  if (run.length < ENOUGH) {
    return run.map(version => single(version, false));
  }
  const open = run.some(({ id }) => isOpen(id));
  const group: IGroupEntry = { kind: 'group', key: `g${run[0]?.id}`, versions: run, shared, open };
  return open ? [group, ...run.map(version => single(version, true))] : [group];
}

/** Saves of one day in a row, and all other versions alone; the newest of all stands alone. */
function runsOf(versions: readonly Version[], shared: boolean): Version[][] {
  const runs: Version[][] = [];
  versions.forEach((version, index) => {
    const run = runs.at(-1);
    const before = run?.at(-1);
    const first = index === 1 && !shared;
    if (run && before && !first && isPlain(version) && isPlain(before) && sameDay(version, before)) {
      run.push(version);
    } else {
      runs.push([version]);
    }
  });
  return runs;
}

function isPlain({ kind, author, name }: Version): boolean {
  return kind === 'save' && author.by === 'user' && name === null;
}

function sameDay(a: Version, b: Version): boolean {
  return dayOf(a.created_at) === dayOf(b.created_at);
}

/** The day on the person's own clock. */
function dayOf(ts: string): string {
  return new Date(ts).toDateString();
}
