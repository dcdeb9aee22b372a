import { type Extension, type Range, RangeSet, StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';

import type { IPart } from './words';

/** What we need of an editor of JupyterLab. */
interface IEditor {
  readonly editor: EditorView;
  injectExtension(extension: Extension): void;
}

const setParts = StateEffect.define<readonly IPart[]>();

/** The bars of an editor: they move with the lines until the next ones are given. */
const bars = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (set, { changes, effects, state }) =>
    effects.reduce(
      (now, effect) => (effect.is(setParts) ? drawn(state.doc, effect.value) : now),
      set.map(changes)
    ),
  provide: field => EditorView.decorations.from(field)
});

const LINES = Object.fromEntries(
  (['agent', 'person', 'outside'] as const).map(kind => [
    kind,
    Decoration.line({ class: `jps-AuthorLine jps-mod-${kind}` })
  ])
) as Record<IPart['kind'], Decoration>;

/** Draw a bar beside each line of an editor; it changes nothing else of it. */
export function drawBars(editor: object, parts: readonly IPart[]): void {
  if (!isEditor(editor)) {
    return;
  }
  if (!editor.editor.state.field(bars, false)) {
    if (parts.length === 0) {
      return;
    }
    editor.injectExtension(bars);
  }
  editor.editor.dispatch({ effects: setParts.of(parts) });
}

function drawn(doc: Text, parts: readonly IPart[]): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  for (const { from, to, kind } of parts) {
    // What was typed since is not known yet.
    for (let line = from; line <= Math.min(to, doc.lines); line += 1) {
      ranges.push(LINES[kind].range(doc.line(line).from));
    }
  }
  return RangeSet.of(ranges, true);
}

function isEditor(editor: object): editor is IEditor {
  return 'injectExtension' in editor && 'editor' in editor;
}
