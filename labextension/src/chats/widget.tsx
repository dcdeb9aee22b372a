import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { chatsIcon } from '../components/icons';
import { Guard } from '../components/guard';
import { TransContext } from '../components/trans';
import type { IConversations } from '../tokens';
import { ChatsView, type IChatsProps } from './view';

/** The Chats tab of the left sidebar. */
export class ChatsPanel extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _conversations: IConversations,
    private readonly _props: Omit<IChatsProps, 'current'>
  ) {
    super();
    this.id = 'jupyter-sessions-chats';
    this.addClass('jps-Chats');
    this.title.icon = chatsIcon;
    this.title.caption = _trans.__('Chats');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', _trans.__('Chats'));
    _conversations.onChange(() => this.update());
    _props.projects.changed.connect(this._ensure, this);
  }

  protected render(): React.JSX.Element {
    return (
      <TransContext.Provider value={this._trans}>
        <Guard
          of={this._props.projects.current}
          text={this._trans.__('The list of sessions cannot be shown')}
        >
          <ChatsView {...this._props} current={this._conversations.current} />
        </Guard>
      </TransContext.Provider>
    );
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._ensure();
  }

  /** Read the lists of sessions and branches once the tab is looked at. */
  private _ensure(): void {
    if (this.isVisible) {
      const { current, sessions } = this._props.projects;
      void sessions?.ensure();
      if (current) {
        void this._props.projects.branchesOf(current.id).ensure();
      }
    }
  }

  protected override onActivateRequest(): void {
    if (this.node.contains(document.activeElement)) {
      return;
    }
    const row = this.node.querySelector<HTMLElement>('[role=row][tabindex="0"]');
    (row ?? this.node.querySelector<HTMLElement>('button'))?.focus();
  }
}
