import type { MergeItem, MergeNotebook, MergePreview } from '../../../api/schema';

export function side(source: string, count: number | null = null): NonNullable<MergeItem['target']> {
  return { source, cell_type: 'code', index: 0, count, has_outputs: false, author: null };
}

export function item(patch: Partial<MergeItem> = {}): MergeItem {
  return {
    cell_id: 'c',
    change: 'edited',
    conflict: null,
    moved: false,
    only_run: false,
    base: side('x'),
    target: side('x'),
    source: side('y'),
    result: 'y',
    result_index: 0,
    merged_text: false,
    hunks: [],
    decision: null,
    new: false,
    ...patch
  };
}

export function notebookOf(name: string, items: MergeItem[]): MergeNotebook {
  return {
    notebook: name,
    change: 'changed',
    renamed_from: null,
    language: 'python',
    items,
    lines_added: 0,
    lines_removed: 0
  };
}

export function previewOf(...notebooks: MergeNotebook[]): MergePreview {
  const merge = {
    id: 'M',
    project_id: 'P',
    source: 'B',
    target: 'main',
    status: 'open' as const,
    title: '',
    created_by: 'user' as const,
    session_id: null,
    run_id: null,
    operation: null,
    undone: false,
    created_at: '2026-11-20T12:00:00Z',
    updated_at: '2026-11-20T12:00:00Z'
  };
  const items = notebooks.flatMap(each => each.items);
  return {
    merge,
    source_name: 'try-boosting',
    target_name: 'main',
    notebooks,
    token: 't',
    to_decide: items.filter(each => !each.only_run).length,
    undecided: items.filter(each => each.conflict !== null && each.decision === null).length,
    moved: false
  };
}
