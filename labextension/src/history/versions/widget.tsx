import { DOMUtils, ReactWidget } from '@jupyterlab/apputils';
import { historyIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { Guard } from '../../components/guard';
import { TransContext } from '../../components/trans';
import type { BranchesModel } from '../../models/branches';
import type { HistoryModel, IHistoryPlace } from '../../models/history';
import { HistoryState } from './state';
import { HistoryView, type IHistoryProps } from './view';

/** What the tab asks of the rest; it is told in which place and state it is asked. */
export type IHistoryActs = (page: HistoryPage) => Omit<IHistoryProps, 'state' | 'branches'>;

/** The history of a notebook, as a tab. */
export class HistoryPage extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _branches: BranchesModel,
    private readonly _modelOf: (place: IHistoryPlace) => HistoryModel,
    place: IHistoryPlace,
    acts: IHistoryActs
  ) {
    super();
    // Not of its notebook: that can be renamed, and another one then has its old path.
    this.id = DOMUtils.createDomID();
    this.addClass('jps-Page');
    this.addClass('jps-HistoryPage');
    this.title.icon = historyIcon;
    this.title.closable = true;
    this.node.tabIndex = -1;
    this._state = new HistoryState(_modelOf(place));
    this._acts = acts(this);
    _branches.changed.connect(this._onBranches, this);
    this._onBranches();
  }

  get place(): IHistoryPlace {
    return this._state.model.place;
  }

  get state(): HistoryState {
    return this._state;
  }

  /** Look at the history on another branch, or of a notebook that has another path now. */
  look(branch: string, notebook = this.place.notebook): void {
    if (branch !== this.place.branch || notebook !== this.place.notebook) {
      const before = this._state;
      this._state = new HistoryState(this._modelOf({ ...this.place, branch, notebook }));
      this._state.model.watch(this.isVisible);
      this._onBranches();
      this.update();
      before.dispose();
    }
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._branches.changed.disconnect(this._onBranches, this);
      this._state.dispose();
      super.dispose();
    }
  }

  protected render(): React.JSX.Element {
    return (
      <TransContext.Provider value={this._trans}>
        <Guard of={this._state} text={this._trans.__('The history cannot be shown')}>
          <HistoryView
            key={`${this.place.branch} ${this.place.notebook}`}
            {...this._acts}
            state={this._state}
            branches={this._branches}
          />
        </Guard>
      </TransContext.Provider>
    );
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._watch(this.isVisible);
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._watch(true);
  }

  protected override onBeforeHide(msg: Message): void {
    super.onBeforeHide(msg);
    this._watch(false);
  }

  protected override onCloseRequest(msg: Message): void {
    super.onCloseRequest(msg);
    this.dispose();
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    if (!this.node.contains(document.activeElement)) {
      this.node.focus({ preventScroll: true });
      this._state.focus.enter();
    }
  }

  private _watch(on: boolean): void {
    this._state.model.watch(on);
    if (on) {
      void this._branches.ensure();
    }
  }

  private _onBranches(): void {
    const { notebook, branch } = this.place;
    const file = notebook.split('/').at(-1) ?? notebook;
    this.title.label = this._trans.__('History · %1', file);
    this.title.caption = this._trans.__('History of %1 on %2', notebook, this._branches.nameOf(branch));
  }

  private _state: HistoryState;
  private _acts: ReturnType<IHistoryActs>;
}
