import { notebookIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { MergeItem, MergeNotebook, MergePreview } from '../../api/schema';
import { useTrans } from '../../components/trans';
import type { MergeModel } from '../../models/merge';
import { Box } from '../diff/box';
import { useDiff } from '../diff/context';
import { LineCounts } from '../diff/entry';
import { OutputsOf } from '../diff/outputs';
import { ConflictBox } from './conflictBox';
import { ItemBox } from './item';
import type { MergeRow } from './rows';
import { itemName } from './words';

interface IRowProps {
  row: MergeRow;
  model: MergeModel;
  preview: MergePreview;
}

/** One row of the page of a merge. */
export function MergeRowView({ row, model, preview }: IRowProps): React.JSX.Element {
  const { notebook } = row;
  switch (row.kind) {
    case 'notebook':
      return <Named notebook={notebook} />;
    case 'run':
      return <OnlyRun id={row.key} notebook={notebook} items={row.items} preview={preview} />;
    case 'cell': {
      const shared = {
        id: row.key,
        model,
        preview,
        notebook: notebook.notebook,
        language: notebook.language,
        item: row.item
      };
      return row.item.conflict === null ? <ItemBox {...shared} /> : <ConflictBox {...shared} />;
    }
  }
}

function Named({ notebook }: { notebook: MergeNotebook }): React.JSX.Element {
  const trans = useTrans();
  return (
    <h2 className="jps-Changes-notebook">
      <notebookIcon.react tag="span" className="jps-Icon jps-mod-small" />
      <bdi>{notebook.notebook}</bdi>
      <LineCounts added={notebook.lines_added} removed={notebook.lines_removed} />
      <span className="jps-mod-muted">{changeText(trans, notebook)}</span>
    </h2>
  );
}

function changeText(trans: TranslationBundle, { change, renamed_from }: MergeNotebook): string {
  switch (change) {
    case 'added':
      return trans.__('new notebook');
    case 'removed':
      return trans.__('the notebook is deleted');
    case 'renamed':
      return trans.__('was %1', renamed_from ?? '');
    case 'changed':
      return '';
  }
}

const NAMED = 40;

function OnlyRun(props: {
  id: string;
  notebook: MergeNotebook;
  items: readonly MergeItem[];
  preview: MergePreview;
}): React.JSX.Element {
  const { id, notebook, items, preview } = props;
  const trans = useTrans();
  const { look } = useDiff();
  const { source, target } = preview.merge;
  const place = (cell: string, branch: string) => ({
    notebook: notebook.notebook,
    cell,
    at: `branch:${branch}`
  });
  return (
    <Box
      id={id}
      open={false}
      verb={trans.__('Only run again')}
      name={trans._n('%1 cell', '%1 cells', items.length)}
      detail={trans.__('outputs and counts never conflict; the target keeps its own')}
      actions={<span className="jps-mod-muted">{trans.__('nothing to decide')}</span>}
    >
      {items.slice(0, NAMED).map(item => (
        <div key={item.cell_id} className="jps-Change-again">
          <code>{itemName(trans, item)}</code>
          {look.outputs && (
            <OutputsOf
              before={item.target && place(item.cell_id, target)}
              after={item.source && place(item.cell_id, source)}
              names={[preview.target_name, preview.source_name]}
            />
          )}
        </div>
      ))}
      {items.length > NAMED && (
        <p className="jps-DiffCode jps-mod-empty">
          {trans._n('%1 more cell', '%1 more cells', items.length - NAMED)}
        </p>
      )}
    </Box>
  );
}
