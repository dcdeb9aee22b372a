import { ReactWidget } from '@jupyterlab/apputils';
import { addIcon } from '@jupyterlab/ui-components';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { focusWhenDrawn, takeKeys } from '../components/focus';
import { TransContext } from '../components/trans';
import type { ISessions } from '../tokens';
import { StartModel } from './model';
import { type IStartProps, StartView } from './view';

/** What the form asks the application for. */
export type StartActs = Pick<IStartProps, 'notebook' | 'onOpen' | 'onProject' | 'onSetup'> & {
  /** The session was made. */
  onMade(session: string): void;
};

/** The start form, as a tab. */
export class StartForm extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _sessions: ISessions,
    readonly project: string,
    state: IStateDB | null,
    private readonly _acts: StartActs
  ) {
    super();
    this.id = `jupyter-sessions-start-${project}`;
    this.addClass('jps-Page');
    this.title.label = _trans.__('New session');
    this.title.icon = addIcon;
    this.title.closable = true;
    const { projects, settings } = _sessions;
    this.title.caption = projects.get(project)?.name ?? '';
    this._model = new StartModel(settings, project, state);
    this._model.changed.connect(() => this.update());
    void this._model.load();
    void projects.sessionsOf(project).ensure();
    void projects.branchesOf(project).ensure();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._model.dispose();
      super.dispose();
    }
  }

  protected render(): React.JSX.Element | null {
    if (!this._model.loaded) {
      return null;
    }
    return (
      <TransContext.Provider value={this._trans}>
        <StartView
          {...this._acts}
          model={this._model}
          projects={this._sessions.projects}
          models={this._sessions.models}
          request={this._request}
          onMade={session => {
            this._acts.onMade(session);
            this.close();
          }}
          onCancel={() => {
            this._model.forget();
            this.close();
          }}
        />
      </TransContext.Provider>
    );
  }

  protected override onUpdateRequest(msg: Message): void {
    super.onUpdateRequest(msg);
    if (this._focusWanted && this._model.loaded) {
      this._focusWanted = false;
      focusWhenDrawn(this, () => this._request.current);
    }
  }

  protected override onCloseRequest(msg: Message): void {
    super.onCloseRequest(msg);
    this.dispose();
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    takeKeys(this.node);
    this._focusWanted = true;
    this.update();
  }

  private _model: StartModel;
  private _request = React.createRef<HTMLTextAreaElement>();
  private _focusWanted = false;
}
