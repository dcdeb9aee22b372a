import { ReactWidget } from '@jupyterlab/apputils';
import { offlineBoltIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { telling } from '../chats/dialogs';
import { TransContext } from '../components/trans';
import type { IConversations, ISessions } from '../tokens';
import { SetupModel } from './model';
import { type ITarget, SetupView } from './view';

/** The page about models, as a tab. */
export class SetupPage extends ReactWidget {
  static readonly ID = 'jupyter-sessions-models';

  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _sessions: ISessions,
    private readonly _conversations: IConversations
  ) {
    super();
    this.id = SetupPage.ID;
    this.addClass('jps-Page');
    this.title.label = _trans.__('Models');
    this.title.icon = offlineBoltIcon;
    this.title.closable = true;
    this.node.tabIndex = -1;
    this._model = new SetupModel(_sessions.settings, _sessions.models);
    this._following = _conversations.onChange(() => this.update());
    _sessions.projects.changed.connect(this._onProjects, this);
    this._onProjects();
    void this._model.probe();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._following.dispose();
      this._model.dispose();
      super.dispose();
    }
  }

  protected render(): React.JSX.Element {
    return (
      <TransContext.Provider value={this._trans}>
        <SetupView model={this._model} target={this._target} />
      </TransContext.Provider>
    );
  }

  protected override onCloseRequest(msg: Message): void {
    super.onCloseRequest(msg);
    this.dispose();
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this.node.focus({ preventScroll: true });
  }

  /** The session whose tab was last current. */
  private get _target(): ITarget | null {
    const { sessions } = this._sessions.projects;
    const session = sessions?.get(this._conversations.current ?? '');
    if (!sessions || !session) {
      return null;
    }
    return {
      name: session.name,
      model: session.model ?? this._sessions.models.default,
      choose: model => void telling(() => sessions.update(session.id, { model }))
    };
  }

  private _onProjects(): void {
    const { sessions } = this._sessions.projects;
    if (sessions && sessions !== this._followed) {
      this._followed = sessions;
      sessions.changed.connect(() => this.update(), this);
    }
    this.update();
  }

  private _model: SetupModel;
  private _following: IDisposable;
  private _followed: object | null = null;
}
