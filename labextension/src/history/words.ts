import type { TranslationBundle } from '@jupyterlab/translation';

import type { Branch, Version } from '../api/schema';
import { when } from '../components/times';

const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const DAY_AND_YEAR = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });

/** What made a version: "Saved", "Agent’s run", "Changed by another program". */
export function kindText(
  trans: TranslationBundle,
  { kind, deleted, merged_from }: Pick<Version, 'kind' | 'deleted' | 'merged_from'>
): string {
  switch (kind) {
    case 'found':
      return trans.__('Found');
    case 'save':
      return trans.__('Saved');
    case 'run':
      return trans.__('Agent’s run');
    case 'outside':
      return deleted ? trans.__('Deleted by another program') : trans.__('Changed by another program');
    case 'rename':
      return trans.__('Renamed');
    case 'delete':
      return trans.__('Deleted');
    case 'restore':
      return trans.__('Restored');
    case 'merge':
      return merged_from === null ? trans.__('Merged') : trans.__('Merged %1', merged_from);
    case 'undo':
      return trans.__('Undone');
  }
}

/** Who made a version: "you", "agent in Model"; empty where the kind tells it. */
export function authorText(trans: TranslationBundle, { author, kind }: Version): string {
  if (kind === 'found') {
    return '';
  }
  switch (author.by) {
    case 'user':
      return trans.__('you');
    case 'agent':
      return author.session_name ? trans.__('agent in %1', author.session_name) : trans.__('agent');
    case 'outside':
    case 'system':
      return '';
  }
}

/** How much differs from the version before: "3 cells +31 −4". */
export function sizeText(
  trans: TranslationBundle,
  size: Pick<Version, 'cells' | 'lines_added' | 'lines_removed'>
): string {
  return [
    size.cells > 0 ? trans._n('%1 cell', '%1 cells', size.cells) : '',
    size.lines_added > 0 ? `+${size.lines_added.toLocaleString()}` : '',
    size.lines_removed > 0 ? `−${size.lines_removed.toLocaleString()}` : ''
  ]
    .filter(Boolean)
    .join(' ');
}

/** The second line of a version: "by you · 3 cells +31 −4 · taken back". */
export function versionLine(trans: TranslationBundle, version: Version): string {
  const author = authorText(trans, version);
  const named = version.name !== null;
  const by = author && trans.__('by %1', author);
  return [
    named ? trans.__('Named') : '',
    [named ? kindText(trans, version) : '', by].filter(Boolean).join(' '),
    sizeText(trans, version) || (version.deleted ? '' : trans.__('no source changed')),
    version.undone ? trans.__('taken back') : ''
  ]
    .filter(Boolean)
    .join(' · ');
}

/** A day, as the heading of what was on it: "Today", "Yesterday", "Tuesday 12 November". */
export function dayText(trans: TranslationBundle, ts: string, now: number): string {
  const day = new Date(ts).setHours(0, 0, 0, 0);
  const today = new Date(now).setHours(0, 0, 0, 0);
  if (day >= today) {
    return trans.__('Today');
  }
  if (day >= new Date(today - 1).setHours(0, 0, 0, 0)) {
    return trans.__('Yesterday');
  }
  const sameYear = new Date(day).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? DAY : DAY_AND_YEAR).format(day);
}

/** Where a branch comes from: "from main, 18 Nov, by the agent in Model". */
export function originText(
  trans: TranslationBundle,
  branch: Branch,
  parent: string | undefined,
  session: string | undefined,
  now: number
): string {
  if (branch.parent === null) {
    return trans.__('the files in the project’s folder');
  }
  const from = parent === undefined ? '' : trans.__('from %1', parent);
  const by =
    branch.created_by === 'user'
      ? trans.__('by you')
      : session === undefined
        ? trans.__('by the agent')
        : trans.__('by the agent in %1', session);
  return [from, when(trans, branch.created_at, now), by].filter(Boolean).join(' · ');
}

/** Names, as many as fit: "Model", "Model, Features and 2 more". */
export function namesText(trans: TranslationBundle, names: readonly string[]): string {
  const shown = names.slice(0, 2).join(', ');
  return names.length > 2 ? trans.__('%1 and %2 more', shown, names.length - 2) : shown;
}
