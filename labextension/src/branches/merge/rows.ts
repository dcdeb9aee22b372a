import type { MergeItem, MergeNotebook, MergePreview } from '../../api/schema';
import { cellKey } from '../diff/entries';
import type { IItem } from '../diff/items';
import { onlyRun } from './counting';

interface IBase extends IItem {
  readonly notebook: MergeNotebook;
}

/** A row of the page: the name of a notebook, a cell, or those that were only run. */
export type MergeRow =
  | (IBase & { readonly kind: 'notebook' })
  | (IBase & { readonly kind: 'cell'; readonly item: MergeItem })
  | (IBase & { readonly kind: 'run'; readonly items: readonly MergeItem[] });

/** The rows of a merge; the name of a notebook only where there are several, or something is said of it. */
export function rowsOf(preview: MergePreview, label: (item: MergeItem) => string): MergeRow[] {
  const named = preview.notebooks.length > 1;
  return preview.notebooks.flatMap(notebook => {
    const name = notebook.notebook;
    const rows: MergeRow[] = [];
    if (named || notebook.change !== 'changed') {
      rows.push({ kind: 'notebook', notebook, key: `${name}#`, label: name, height: 28 });
    }
    for (const item of notebook.items.filter(each => !each.only_run)) {
      const height = item.conflict === null ? 160 : 320;
      rows.push({
        kind: 'cell',
        notebook,
        item,
        key: cellKey(name, item.cell_id),
        label: label(item),
        height
      });
    }
    const items = onlyRun(notebook);
    if (items.length > 0) {
      rows.push({ kind: 'run', notebook, items, key: `${name}#run`, label: '', height: 36 });
    }
    return rows;
  });
}
