import { ReactWidget } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { focusWhenDrawn } from '../components/focus';
import { Guard } from '../components/guard';
import { TransContext } from '../components/trans';
import type { ISessions } from '../tokens';
import type { VariablesModel } from './model';
import { VariablesView } from './view';

export interface IVariablesParts {
  readonly trans: TranslationBundle;
  readonly sessions: ISessions;
  readonly notebooks: INotebookTracker;
}

/** Variables and checkpoints of the current notebook's kernel. */
export class VariablesPanel extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    readonly model: VariablesModel
  ) {
    super();
    this.addClass('jps-Variables');
    this.node.tabIndex = -1;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }

  protected render(): React.JSX.Element {
    return (
      <TransContext.Provider value={this._trans}>
        <Guard of={this.model} text={this._trans.__('The variables cannot be shown')}>
          <VariablesView model={this.model} />
        </Guard>
      </TransContext.Provider>
    );
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.model.watch(this.isVisible);
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.model.watch(true);
  }

  protected override onBeforeHide(msg: Message): void {
    super.onBeforeHide(msg);
    this.model.watch(false);
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    focusWhenDrawn(this, () => this.node.querySelector('input') ?? this.node);
  }
}
