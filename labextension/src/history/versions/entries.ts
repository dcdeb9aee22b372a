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

/** So many saves are worth a fold. */
const ENOUGH = 3;

/**
 * What the list shows of the versions of a branch and of those that it came from: days, versions, and
 * folded runs of saves; `isOpen`: a version is unfolded.
 */
export function entriesOf(
  versions: readonly Version[],
  own: string,
  isOpen: (version: number) => boolean
): Entry[] {
  const entries: Entry[] = [];
  let branch = own;
  let day = '';
  for (const run of runsOf(versions)) {
    const [newest] = run;
    if (newest.branch !== branch) {
      branch = newest.branch;
      day = '';
      entries.push({ kind: 'fork', key: `fork-${branch}`, from: branch });
    }
    if (dayOf(newest.created_at) !== day) {
      day = dayOf(newest.created_at);
      entries.push({ kind: 'day', key: `day-${newest.id}`, ts: newest.created_at });
    }
    entries.push(...runEntries(run, branch !== own, isOpen));
  }
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
function runsOf(versions: readonly Version[]): Run[] {
  const runs: Run[] = [];
  versions.forEach((version, index) => {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run && before && index > 1 && isPlain(version) && isPlain(before) && together(version, before)) {
      run.push(version);
    } else {
      runs.push([version]);
    }
  });
  return runs;
}

type Run = [Version, ...Version[]];

function isPlain({ kind, author, name }: Version): boolean {
  return kind === 'save' && author.by === 'user' && name === null;
}

function together(a: Version, b: Version): boolean {
  return a.branch === b.branch && dayOf(a.created_at) === dayOf(b.created_at);
}

/** The day on the person's own clock. */
function dayOf(ts: string): string {
  return new Date(ts).toDateString();
}
