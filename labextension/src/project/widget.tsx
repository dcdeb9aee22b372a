import { ReactWidget } from '@jupyterlab/apputils';
import { homeIcon } from '@jupyterlab/ui-components';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { TransContext } from '../components/trans';
import type { ProjectsModel } from '../models/projects';
import { ProjectPageModel } from './model';
import { type IProjectProps, ProjectView } from './view';

/** The page of a project, as a tab. */
export class ProjectPage extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    projects: ProjectsModel,
    readonly project: string,
    state: IStateDB | null,
    private readonly _acts: Omit<IProjectProps, 'model'>
  ) {
    super();
    this.id = `jupyter-sessions-project-${project}`;
    this.addClass('jps-Page');
    this.title.icon = homeIcon;
    this.title.closable = true;
    this.node.tabIndex = -1;
    this._model = new ProjectPageModel(projects, project, state);
    this._model.changed.connect(this._onModel, this);
    this._onModel();
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
        <ProjectView {...this._acts} model={this._model} />
      </TransContext.Provider>
    );
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._read();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._read();
  }

  protected override onCloseRequest(msg: Message): void {
    super.onCloseRequest(msg);
    this.dispose();
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this.node.focus({ preventScroll: true });
  }

  /** Read all of it when it is looked at first; what sessions have found changes their prompts. */
  private _read(): void {
    if (!this.isVisible) {
      return;
    }
    if (this._loaded) {
      void this._model.read();
    } else {
      this._loaded = true;
      void this._model.load();
      void this._model.projects.sessionsOf(this.project).ensure();
    }
  }

  private _onModel(): void {
    this.title.label = this._model.project?.name ?? this._trans.__('Project');
    this.title.caption = this._model.project?.path ?? '';
  }

  private _model: ProjectPageModel;
  private _loaded = false;
}
