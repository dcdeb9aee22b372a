import { type Extension, RangeSetBuilder } from '@codemirror/state';
import { Decoration, type DecorationSet, type EditorView, ViewPlugin } from '@codemirror/view';

import type { Sign } from '../diff/lines';

/** Lines up to which an editor gets signs. */
const MOST = 2000;

const LINES: Partial<Record<Sign, Decoration>> = {
  '!': Decoration.line({ attributes: { class: 'jps-mod-conflict', 'data-sign': '!' } }),
  '+': Decoration.line({ attributes: { class: 'jps-mod-added', 'data-sign': '+' } })
};

/** Marks the lines of an editor with the signs of a diff. */
export function lineSigns(signsOf: (text: string) => readonly Sign[]): Extension {
  const draw = (view: EditorView): DecorationSet => {
    const { doc } = view.state;
    const builder = new RangeSetBuilder<Decoration>();
    const signs = doc.lines <= MOST ? signsOf(doc.toString()) : [];
    signs.slice(0, doc.lines).forEach((sign, index) => {
      const mark = LINES[sign];
      if (mark) {
        const { from } = doc.line(index + 1);
        builder.add(from, from, mark);
      }
    });
    return builder.finish();
  };
  return ViewPlugin.define(
    view => ({
      decorations: draw(view),
      update(change) {
        if (change.docChanged) {
          this.decorations = draw(change.view);
        }
      }
    }),
    { decorations: plugin => plugin.decorations }
  );
}
