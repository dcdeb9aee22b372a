import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { Guard } from '../components/guard';
import { compareIcon } from '../components/icons';
import { TransContext } from '../components/trans';
import type { ComparisonModel } from './model';
import { ComparisonView, type IComparisonProps } from './view';

/** Sessions side by side, as a tab. */
export class Comparison extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _model: ComparisonModel,
    private readonly _acts: Omit<IComparisonProps, 'model'>
  ) {
    super();
    this.id = `jupyter-sessions-compare-${[..._model.ids].sort().join('-')}`;
    this.addClass('jps-Page');
    this.title.label = _trans.__('Compare sessions');
    this.title.icon = compareIcon;
    this.title.closable = true;
    this.node.tabIndex = -1;
    _model.changed.connect(this._onModel, this);
    this._onModel();
  }

  get project(): string {
    return this._model.project;
  }

  get sessions(): readonly string[] {
    return this._model.ids;
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
        <Guard of={this._model} text={this._trans.__('The sessions cannot be compared')}>
          <ComparisonView {...this._acts} model={this._model} />
        </Guard>
      </TransContext.Provider>
    );
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._model.watch(true);
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._model.watch(this.isVisible);
  }

  protected override onBeforeHide(msg: Message): void {
    super.onBeforeHide(msg);
    this._model.watch(false);
  }

  protected override onCloseRequest(msg: Message): void {
    super.onCloseRequest(msg);
    this.dispose();
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this.node.focus({ preventScroll: true });
  }

  private _onModel(): void {
    const names = this._model.columns.flatMap(each => each.session?.name ?? []);
    this.title.caption = [this._trans.__('Compare sessions'), ...names].join('\n');
  }
}
