import { ReactWidget } from '@jupyterlab/apputils';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { FanOut } from '../../api/schema';
import { focusWhenDrawn } from '../../components/focus';
import { Guard } from '../../components/guard';
import { branchIcon } from '../../components/icons';
import { TransContext } from '../../components/trans';
import { EditorContext } from '../merge/editor';
import type { VariantsModel } from './model';
import { VariantsView } from './view';

let count = 0;

/** Variants of a cell, to be written and run, as a tab. */
export class VariantsPage extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _model: VariantsModel,
    private readonly _editors: IEditorServices | null,
    private readonly _onMade: (made: FanOut) => void
  ) {
    super();
    const { cell, place } = _model.from;
    this.id = `jupyter-sessions-variants-${(count += 1)}`;
    this.addClass('jps-Page');
    this.title.label = _trans.__('Variants of %1', cell.name);
    this.title.caption = `${place.notebook}\n${_trans.__('Branch: %1', _model.branches.nameOf(place.branch))}`;
    this.title.icon = branchIcon;
    this.title.closable = true;
    this.node.tabIndex = -1;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._model.dispose();
      super.dispose();
    }
  }

  protected render(): React.JSX.Element {
    return (
      <TransContext.Provider value={this._trans}>
        <EditorContext.Provider value={this._editors}>
          <Guard of={this._model} text={this._trans.__('The variants cannot be shown')}>
            <VariantsView model={this._model} onMade={this._onMade} onCancel={() => this.close()} />
          </Guard>
        </EditorContext.Provider>
      </TransContext.Provider>
    );
  }

  protected override onCloseRequest(msg: Message): void {
    super.onCloseRequest(msg);
    this.dispose();
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    focusWhenDrawn(this, () => this.node.querySelector('input'));
  }
}
