import { type Extension, StateEffect } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { describe, expect, it } from 'vitest';

import { drawBars } from '../bars';
import type { IPart } from '../words';

const part = (from: number, to: number, kind: IPart['kind']): IPart => ({
  from,
  to,
  kind,
  name: '',
  text: ''
});

function opened(doc: string) {
  const editor = new EditorView({ doc, parent: document.body });
  const injectExtension = (extension: Extension) =>
    editor.dispatch({ effects: StateEffect.appendConfig.of(extension) });
  const marks = () =>
    [...editor.dom.querySelectorAll('.cm-line')].map(line => /jps-mod-(\w+)/.exec(line.className)?.[1] ?? '');
  return { editor, injectExtension, marks };
}

describe('bars', () => {
  it('stand beside the lines, and leave the text alone', () => {
    const here = opened('a\nb\nc');
    drawBars(here, [part(1, 2, 'agent'), part(3, 9, 'person')]);
    expect(here.marks()).toEqual(['agent', 'agent', 'person']);
    expect(here.editor.state.doc.toString()).toBe('a\nb\nc');
  });

  it('move with the lines while one types', () => {
    const here = opened('a\nb\nc');
    drawBars(here, [part(3, 3, 'agent')]);
    here.editor.dispatch({ changes: { from: 0, insert: 'new\n' } });
    expect(here.marks()).toEqual(['', '', '', 'agent']);
  });

  it('go, and leave nothing behind in an editor that never had one', () => {
    const here = opened('a');
    const other = opened('b');
    drawBars(here, [part(1, 1, 'agent')]);
    drawBars(here, []);
    expect(here.marks()).toEqual(['']);
    const { state } = other.editor;
    drawBars(other, []);
    expect(other.editor.state).toBe(state);
  });
});
