import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { classHighlighter, highlightTree } from '@lezer/highlight';

import { Observable } from '../../models/observable';
import { byLine, type IToken } from './segments';

/** Characters up to which a cell gets colours. */
const MOST = 100_000;
const KEPT = 300;
const PLAIN: readonly (readonly IToken[])[] = [];

/** The colours of source code, as the notebook has them. Text stays text: only classes are added. */
export class Colours extends Observable {
  constructor(private readonly _languages: IEditorLanguageRegistry | null) {
    super();
  }

  /** Tokens of each line; none until the language is there, or when the text is too long. */
  of(text: string, language: string): readonly (readonly IToken[])[] {
    if (!language || text === '' || text.length > MOST) {
      return PLAIN;
    }
    const key = `${language}\n${text}`;
    const known = this._known.get(key);
    if (known) {
      return known;
    }
    this._known.set(key, PLAIN);
    if (this._known.size > KEPT) {
      for (const oldest of [...this._known.keys()].slice(0, KEPT / 2)) {
        this._known.delete(oldest);
      }
    }
    void this._colour(key, text, language);
    return PLAIN;
  }

  private async _colour(key: string, text: string, language: string): Promise<void> {
    try {
      const found = await this._languages?.getLanguage(language);
      const parser = found?.support?.language.parser;
      if (!parser) {
        return;
      }
      const tokens: IToken[] = [];
      highlightTree(parser.parse(text), classHighlighter, (from, to, className) => {
        tokens.push({ from, to, className });
      });
      this._known.set(key, byLine(text, tokens));
      this.notify();
    } catch (error) {
      console.debug('jupyter-sessions: no colours for this cell', error);
    }
  }

  private _known = new Map<string, readonly (readonly IToken[])[]>();
}

/** The language of a cell's source. */
export function languageOf(cellType: string, notebook: string): string {
  return cellType === 'code' ? notebook : cellType === 'markdown' ? 'markdown' : '';
}
