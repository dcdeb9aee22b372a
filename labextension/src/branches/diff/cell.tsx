import * as React from 'react';

import type { DiffCell, NotebookDiff } from '../../api/schema';
import { useTrans } from '../../components/trans';
import { Box } from './box';
import { CodeDiff } from './code';
import { languageOf } from './colours';
import { useDiff } from './context';
import { cellKey } from './entries';
import { byText, movedText, nameOf, verbOf } from '../../components/cells';
import { OutputsOf } from './outputs';

interface ICellProps {
  diff: NotebookDiff;
  cell: DiffCell;
  actions?: React.ReactNode;
  /** What stands between head and lines. */
  notice?: React.ReactNode;
}

/** A cell that differs between two states of a notebook. */
export function CellBox({ diff, cell, actions, notice }: ICellProps): React.JSX.Element {
  const trans = useTrans();
  const { look } = useDiff();
  const id = cellKey(diff.notebook, cell.cell_id);
  const place = (at: string) => ({ notebook: diff.notebook, cell: cell.cell_id, at });
  const code = cell.before !== cell.after || cell.change === 'added' || cell.change === 'removed';
  const details = [
    cell.moved && cell.index_before !== null && cell.index_after !== null
      ? movedText(trans, cell.index_before, cell.index_after)
      : '',
    // What was only moved was not written anew.
    cell.change === 'moved' ? '' : byText(trans, cell.author)
  ].filter(Boolean);
  return (
    <Box
      id={id}
      verb={verbOf(trans, cell.change)}
      name={nameOf(trans, cell)}
      detail={details.join(' · ')}
      open={code || look.outputs}
      actions={actions}
    >
      {notice}
      {code ? (
        <CodeDiff
          id={id}
          before={cell.before}
          after={cell.after}
          language={languageOf(cell.cell_type, diff.language)}
        />
      ) : (
        !look.outputs && <p className="jps-DiffCode jps-mod-empty">{trans.__('Its source is the same.')}</p>
      )}
      {look.outputs && cell.cell_type === 'code' && (
        <OutputsOf
          before={cell.index_before === null ? null : place(diff.before)}
          after={cell.index_after === null ? null : place(diff.after)}
        />
      )}
    </Box>
  );
}
