import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { flagIcon } from '../../components/icons';
import { TransContext } from '../../components/trans';
import { ConversationContext, type IConversationContext } from '../context';
import { ResultsPane } from './pane';

/** The key results and the disposition of one session, as a tab. */
export class KeyResultsWidget extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _shared: IConversationContext
  ) {
    super();
    const { model } = _shared;
    this.id = `jupyter-sessions-results-${model.id}`;
    this.addClass('jps-Results');
    this.title.icon = flagIcon;
    this.title.closable = true;
    model.changed.connect(this._onModel, this);
    this._onModel();
    void model.sessions.ensure();
  }

  get session(): string {
    return this._shared.model.id;
  }

  get project(): string {
    return this._shared.model.project;
  }

  /** Bring a key result into view. */
  reveal(result: string): void {
    this._target = result;
    this.update();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._shared.model.dispose();
      super.dispose();
    }
  }

  protected render(): React.JSX.Element {
    return (
      <TransContext.Provider value={this._trans}>
        <ConversationContext.Provider value={this._shared}>
          <ResultsPane target={this._target} />
        </ConversationContext.Provider>
      </TransContext.Provider>
    );
  }

  private _onModel(): void {
    const { model } = this._shared;
    if (model.sessions.loaded && !model.session) {
      this.close();
      return;
    }
    const name = model.session?.name ?? this._trans.__('Session');
    this.title.label = this._trans.__('Key results · %1', name);
    this.title.caption = this.title.label;
  }

  private _target: string | null = null;
}
