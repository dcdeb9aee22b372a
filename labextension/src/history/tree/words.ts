import type { TranslationBundle } from '@jupyterlab/translation';

import type { Branch, Convergence, TreeCell } from '../../api/schema';
import { engineWord } from '../../branches/fork/words';
import { statusWord } from '../../branches/status';
import { when } from '../../components/times';
import { namesText } from '../words';

/** The second line of a lane: "Model · 5 min ago", "no session · 9 Nov". */
export function laneLine(
  trans: TranslationBundle,
  branch: Branch,
  sessions: readonly string[],
  now: number
): string {
  const who = sessions.length > 0 ? namesText(trans, sessions) : trans.__('no session');
  return [who, when(trans, branch.updated_at, now), branch.fork ? engineWord(trans, branch.fork.engine) : '']
    .filter(Boolean)
    .join(' · ');
}

/** The second line of a deleted one: "12 Nov, 2 cells". */
export function deletedLine(trans: TranslationBundle, branch: Branch, cells: number, now: number): string {
  return trans.__('%1, %2', when(trans, branch.updated_at, now), trans._n('%1 cell', '%1 cells', cells));
}

/** A lane for a screen reader. */
export function laneName(
  trans: TranslationBundle,
  branch: Branch,
  parent: string | undefined,
  line: string
): string {
  const from = parent === undefined ? '' : trans.__('forked from %1', parent);
  return [branch.name, statusWord(trans, branch.status), from, line].filter(Boolean).join(', ');
}

/** A cell for a screen reader: "cell [10]: baseline = make_pipeline". */
export function cellLabel(trans: TranslationBundle, { count, cell_type, line }: TreeCell): string {
  const text = line || trans.__('empty');
  if (cell_type !== 'code') {
    return trans.__('text: %1', text);
  }
  return count === null ? trans.__('cell: %1', text) : trans.__('cell [%1]: %2', count, text);
}

/** What became of branches that met: "Winner: drop-tenure-bins". */
export function meetingText(trans: TranslationBundle, { kind, losers }: Convergence, source: string): string {
  switch (kind) {
    case 'winner':
      return trans.__('Winner: %1', source);
    case 'comparison':
      return losers.length > 1 ? trans.__('Comparison: all kept') : trans.__('Comparison: both kept');
    case 'manual':
      return trans.__('Cells chosen, on %1', source);
  }
}
