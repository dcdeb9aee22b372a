import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { chatsIcon } from '../components/icons';
import { Guard } from '../components/guard';
import { TransContext } from '../components/trans';
import type { ProjectsModel } from '../models/projects';
import type { IComposer } from './composer';
import { ConversationContext, type IConversationContext } from './context';
import { widgetId } from './ids';
import { ConversationView } from './view';

/** The conversation of one session, as a tab. */
export class ConversationWidget extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    shared: Omit<IConversationContext, 'focusComposer'>,
    private readonly _projects: ProjectsModel
  ) {
    super();
    const { model } = shared;
    this._shared = { ...shared, focusComposer: () => this.focusComposer() };
    this.id = widgetId(model.id);
    this.addClass('jps-Conversation');
    this.title.icon = chatsIcon;
    this.title.closable = true;
    model.changed.connect(this._onModel, this);
    _projects.changed.connect(this._onProjects, this);
    this._onModel();
    // Its name; the log is read when it is looked at first.
    void model.sessions.ensure();
  }

  get session(): string {
    return this._shared.model.id;
  }

  get project(): string {
    return this._shared.model.project;
  }

  /** Whether a run of this session goes on. */
  get running(): boolean {
    return this._shared.model.run !== null;
  }

  /** In a sidebar the tab is an icon, and closing is done in the head. */
  set inSidebar(value: boolean) {
    this._inSidebar = value;
    this._onModel();
    this.update();
  }

  set showReasoning(showReasoning: boolean) {
    this._shared = { ...this._shared, showReasoning };
    this.update();
  }

  interrupt(): Promise<void> {
    return this._shared.model.acts.interrupt(false);
  }

  /** Show the place of an event; the focus goes there, not to the composer. */
  goTo(seq: number): void {
    this._focusedThen = null;
    void this._shared.model.goTo(seq);
  }

  focusComposer(): void {
    this._composer.current?.focus();
  }

  /** Begin a message for the person; what is written already stays above it. */
  write(text: string): void {
    this._begin = text;
    this._onModel();
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
          <Guard of={this._shared} text={this._trans.__('This conversation cannot be shown')}>
            <ConversationView
              projectName={this._projectName}
              composer={this._composer}
              onClose={this._inSidebar ? () => this.close() : undefined}
            />
          </Guard>
        </ConversationContext.Provider>
      </TransContext.Provider>
    );
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._load();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._load();
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    if (this._shared.model.isSeeking) {
      return;
    }
    if (this._composer.current) {
      this.focusComposer();
    } else {
      this._focusedThen = document.activeElement;
    }
  }

  private _load(): void {
    if (this.isVisible && !this._loaded) {
      this._loaded = true;
      void this._shared.model.load();
    }
  }

  private get _projectName(): string {
    return this._projects.get(this.project)?.name ?? '';
  }

  private _onProjects(): void {
    this._onModel();
    this.update();
  }

  private _onModel(): void {
    const { model } = this._shared;
    const name = model.session?.name ?? this._trans.__('Session');
    this.title.label = this._inSidebar ? '' : name;
    this.title.caption = `${this._projectName} / ${name}`;
    if (this._begin !== null && model.state === 'ready') {
      window.requestAnimationFrame(() => this._write());
    }
    const then = this._focusedThen;
    if (then && model.state === 'ready') {
      this._focusedThen = null;
      window.requestAnimationFrame(() => {
        const now = document.activeElement;
        // A person asked for it, and has not gone elsewhere meanwhile.
        if (now === then || now === document.body || this.node.contains(now)) {
          this.focusComposer();
        }
      });
    }
  }

  private _write(): void {
    const { draft } = this._shared.model.place.value;
    if (this._begin !== null && this._composer.current) {
      this._composer.current.setText(draft ? `${draft}\n${this._begin}` : this._begin);
      this._begin = null;
    }
  }

  private _shared: IConversationContext;
  private _composer = React.createRef<IComposer>();
  private _begin: string | null = null;
  private _loaded = false;
  private _inSidebar = false;
  private _focusedThen: Element | null = null;
}
