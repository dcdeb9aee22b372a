import type { TranslationBundle } from '@jupyterlab/translation';

import type { MergeItem, MergePreview } from '../../api/schema';
import { byText, cellName, movedText, verbOf } from '../../components/cells';
import { clashes } from './conflict';
import { type ItemState, numberOf, stateOf } from './counting';

/** What the merge does to a cell, in a word. */
export function changeOf(trans: TranslationBundle, item: MergeItem): string {
  return item.change === 'conflict' ? trans.__('Conflict') : verbOf(trans, item.change);
}

/** The same as the list says it, with what was decided. */
export function rowText(trans: TranslationBundle, item: MergeItem): string {
  const change = changeOf(trans, item);
  const words: Record<ItemState, string> = {
    accepted: change,
    rejected: trans.__('%1, rejected', change),
    left: change,
    decided: trans.__('%1, decided', change)
  };
  return words[stateOf(item)];
}

export function itemName(trans: TranslationBundle, item: MergeItem): string {
  const side = item.target ?? item.source ?? item.base;
  return cellName(trans, numberOf(item), item.result_index ?? side?.index ?? null, side?.cell_type);
}

/** How a row of the list calls a cell: its number, else its place. */
export function itemNumber(item: MergeItem): string {
  const side = item.target ?? item.source ?? item.base;
  const number = numberOf(item);
  return number === null ? `#${(item.result_index ?? side?.index ?? 0) + 1}` : `[${number}]`;
}

/** What stands behind the name of a cell: where it moved, who did it, what the target did. */
export function detailOf(trans: TranslationBundle, preview: MergePreview, item: MergeItem): string {
  if (item.conflict !== null) {
    return conflictText(trans, preview, item);
  }
  const { base, target, source, result_index: to } = item;
  const moved =
    (item.moved || item.change === 'moved') && target && to !== null
      ? movedText(trans, target.index, to)
      : '';
  const kept =
    item.change === 'edited' && base && target && base.source === target.source
      ? trans.__('%1 has not changed it since the fork', preview.target_name)
      : item.merged_text
        ? trans.__('both edited it, on different lines')
        : '';
  // What was only moved was not written anew.
  const by = item.change === 'moved' ? '' : byText(trans, source?.author);
  return [moved, by, kept].filter(Boolean).join(' · ');
}

function conflictText(trans: TranslationBundle, preview: MergePreview, item: MergeItem): string {
  const { source_name: source, target_name: target } = preview;
  switch (item.conflict) {
    case 'deleted':
      return item.target === null
        ? trans.__('%1 removed it, %2 edited it', target, source)
        : trans.__('%1 removed it, %2 edited it', source, target);
    case 'added':
      return trans.__('both sides added it, differently');
    case 'type':
      return trans.__('its type differs');
    case 'attachments':
      return trans.__('both sides changed its attachments');
    default: {
      const [first, ...others] = clashes(item);
      if (!first || others.length > 0) {
        return trans.__('both sides edited the same lines');
      }
      return first.to - first.from === 1
        ? trans.__('both sides edited line %1', first.to)
        : trans.__('both sides edited lines %1 to %2', first.from + 1, first.to);
    }
  }
}
