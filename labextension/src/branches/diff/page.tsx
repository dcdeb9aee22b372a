import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { Guard } from '../../components/guard';
import { TransContext } from '../../components/trans';
import { OutputContext } from '../../conversation/outputContext';
import type { Renderer } from '../../conversation/renderer';
import type { Observable } from '../../models/observable';
import type { Colours } from './colours';

/** What pages of changes need of JupyterLab. */
export interface IPageParts {
  readonly trans: TranslationBundle;
  readonly renderer: Renderer;
  readonly colours: Colours;
}

/** A tab that shows changes, kept by its model. */
export abstract class ChangesPage<T extends Observable> extends ReactWidget {
  constructor(
    protected readonly parts: IPageParts,
    readonly model: T,
    id: string
  ) {
    super();
    this.id = id;
    this.addClass('jps-Page');
    this.addClass('jps-Changes');
    this.title.closable = true;
    this.node.tabIndex = -1;
    model.changed.connect(this.onModel, this);
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }

  protected abstract view(): React.JSX.Element;

  /** Said when a fault keeps the page from being shown. */
  protected abstract get fault(): string;

  protected abstract onModel(): void;

  protected render(): React.JSX.Element {
    const { trans, renderer } = this.parts;
    return (
      <TransContext.Provider value={trans}>
        <OutputContext.Provider value={{ renderer, blobs: null }}>
          <Guard of={this.model} text={this.fault}>
            {this.view()}
          </Guard>
        </OutputContext.Provider>
      </TransContext.Provider>
    );
  }

  protected override onCloseRequest(msg: Message): void {
    super.onCloseRequest(msg);
    this.dispose();
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    if (!this.node.contains(document.activeElement)) {
      const parts = this.node.querySelector<HTMLElement>('.jps-Changes-parts');
      (parts ?? this.node).focus({ preventScroll: true });
    }
  }
}
