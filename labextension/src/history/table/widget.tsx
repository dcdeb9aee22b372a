import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { Colours } from '../../branches/diff/colours';
import { Guard } from '../../components/guard';
import { branchIcon } from '../../components/icons';
import { TransContext } from '../../components/trans';
import type { IBranchActs } from './menus';
import type { BranchesState } from './state';
import { BranchesView } from './view';

/** The branches of a project, as a tab. */
export class BranchesPage extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    readonly state: BranchesState,
    private readonly _acts: IBranchActs,
    private readonly _colours: Colours | null = null
  ) {
    super();
    this.id = `jupyter-sessions-branches-${state.project}`;
    this.addClass('jps-Page');
    this.addClass('jps-HistoryPage');
    this.title.icon = branchIcon;
    this.title.closable = true;
    this.node.tabIndex = -1;
    state.changed.connect(this._onState, this);
    this._onState();
  }

  get project(): string {
    return this.state.project;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.state.dispose();
      super.dispose();
    }
  }

  protected render(): React.JSX.Element {
    return (
      <TransContext.Provider value={this._trans}>
        <Guard of={this.state} text={this._trans.__('The branches cannot be shown')}>
          <BranchesView {...this._acts} state={this.state} colours={this._colours} />
        </Guard>
      </TransContext.Provider>
    );
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.state.watch(this.isVisible);
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.state.watch(true);
  }

  protected override onBeforeHide(msg: Message): void {
    super.onBeforeHide(msg);
    this.state.watch(false);
  }

  protected override onCloseRequest(msg: Message): void {
    super.onCloseRequest(msg);
    this.dispose();
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    if (!this.node.contains(document.activeElement)) {
      this.node.focus({ preventScroll: true });
      this.state.focus.enter();
    }
  }

  private _onState(): void {
    const name = this.state.projects.get(this.state.project)?.name ?? '';
    this.title.label = this._trans.__('Branches');
    this.title.caption = [this._trans.__('Branches'), name].filter(Boolean).join(' · ');
  }
}
