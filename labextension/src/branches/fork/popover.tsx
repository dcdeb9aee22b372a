import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import { takeKeys } from '../../components/focus';
import { TransContext } from '../../components/trans';
import { onLeft, place } from '../popover';
import { ForkForm } from './form';
import type { ForkModel, ForkWay } from './model';

/** The form of a fork as a popover; it goes when a person turns to something else. */
export class ForkPopover extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    readonly model: ForkModel,
    private readonly _at: HTMLElement | null,
    private readonly _onFork: (way: ForkWay) => void
  ) {
    super();
    this.addClass('jps-ForkPopover');
    this.node.setAttribute('role', 'dialog');
    this.node.setAttribute('aria-label', _trans.__('Fork from %1', model.source.cell.name));
    model.changed.connect(this._place, this);
  }

  /** Show it, with the name selected as soon as that is drawn. */
  open(): void {
    this._before = document.activeElement;
    Widget.attach(this, document.body);
    this._at?.setAttribute('aria-expanded', 'true');
    takeKeys(this.node);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._stop();
    document.removeEventListener('keydown', this._onEscape, true);
    this.model.changed.disconnect(this._place, this);
    this._at?.setAttribute('aria-expanded', 'false');
    const inside = this.node.contains(document.activeElement);
    super.dispose();
    // Beside the prompt of a cell without a toolbar: a prompt takes no focus.
    const takes = this._at?.isConnected === true && this._at.tabIndex >= 0;
    const back = takes ? this._at : this._before;
    if (inside && back instanceof HTMLElement) {
      back.focus();
    }
  }

  protected render(): React.JSX.Element {
    return (
      <TransContext.Provider value={this._trans}>
        <Drawn onDrawn={() => this._onDrawn()} />
        <ForkForm model={this.model} onFork={this._onFork} onClose={() => this.dispose()} />
      </TransContext.Provider>
    );
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._stop = onLeft(this.node, () => this.dispose());
    this.node.addEventListener('keydown', this._onTab);
    // Everywhere: the focus may be nowhere, as where what had it has gone.
    document.addEventListener('keydown', this._onEscape, true);
  }

  private readonly _onEscape = (event: KeyboardEvent): void => {
    const other = event.target instanceof Element && event.target.closest('.lm-Menu, .jp-Dialog');
    if (event.key === 'Escape' && !event.isComposing && !other) {
      event.preventDefault();
      event.stopPropagation();
      this.dispose();
    }
  };

  /** From the last control to the first, and back: nobody leaves the form by one Tab too many. */
  private readonly _onTab = (event: KeyboardEvent): void => {
    if (event.key !== 'Tab') {
      return;
    }
    const stops = [...this.node.querySelectorAll<HTMLElement>('button:not(:disabled), input')];
    const from = stops.at(event.shiftKey ? 0 : -1);
    if (event.target === from) {
      event.preventDefault();
      stops.at(event.shiftKey ? -1 : 0)?.focus();
    }
  };

  private _onDrawn(): void {
    this._place();
    if (document.activeElement === this.node) {
      this.node.querySelector<HTMLInputElement>('.jps-Field')?.focus();
    }
  }

  private _place(): void {
    if (this.isAttached) {
      place(this.node, this._at);
    }
  }

  private _before: Element | null = null;
  private _stop: () => void = () => undefined;
}

function Drawn({ onDrawn }: { onDrawn(): void }): null {
  React.useLayoutEffect(onDrawn);
  return null;
}
