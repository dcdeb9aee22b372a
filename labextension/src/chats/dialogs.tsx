import { Dialog, InputDialog, Notification, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { Project } from '../api/schema';
import { messageOf, type ProjectsModel } from '../models/projects';

/** Ask for a name and make a project of it, in a folder of that name. */
export async function newProject(trans: TranslationBundle, projects: ProjectsModel): Promise<void> {
  const { button, value } = await InputDialog.getText({
    title: trans.__('New Project'),
    label: trans.__('Name. A folder of this name is made for it.'),
    okLabel: trans.__('Create')
  });
  if (button.accept && value?.trim()) {
    await telling(() => projects.create(value));
  }
}

export async function renameProject(
  trans: TranslationBundle,
  projects: ProjectsModel,
  project: Project
): Promise<void> {
  const { button, value } = await InputDialog.getText({
    title: trans.__('Rename Project'),
    label: trans.__('Name. The folder keeps its own.'),
    text: project.name,
    okLabel: trans.__('Rename')
  });
  if (button.accept && value?.trim() && value !== project.name) {
    await telling(() => projects.update(project.id, { name: value }));
  }
}

/** Delete a project once its name was typed. */
export async function deleteProject(
  trans: TranslationBundle,
  projects: ProjectsModel,
  project: Project
): Promise<void> {
  const sessions = projects.sessionsOf(project.id);
  const session_count = sessions.loaded ? sessions.items.length : project.session_count;
  const body = new ConfirmByName(trans, { ...project, session_count });
  const { button, value } = await showDialog({
    title: trans.__('Delete Project?'),
    body,
    buttons: [
      Dialog.warnButton({ label: trans.__('Delete project'), className: 'jps-mod-confirm' }),
      Dialog.cancelButton({ label: trans.__('Keep it') })
    ],
    defaultButton: 1,
    focusNodeSelector: 'input.jp-mod-styled'
  });
  if (button.accept && value?.name === project.name) {
    await telling(() => projects.remove(project.id, value.name, value.keepFiles));
  }
}

/** Do something, and say why when it fails. */
export async function telling<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    Notification.error(messageOf(error), { autoClose: 8000 });
    return undefined;
  }
}

class ConfirmByName extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _project: Project
  ) {
    super();
    this.addClass('jps-Confirm');
  }

  getValue(): { name: string; keepFiles: boolean } {
    return { name: this._value, keepFiles: this._keepFiles };
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._allow();
  }

  protected render(): React.JSX.Element {
    const { name, path, folder_state: folder, session_count: count } = this._project;
    return (
      <>
        <p>
          {count === 0
            ? this._trans.__('It has no sessions.')
            : this._trans._n(
                'Its %1 session and all that was said in it go.',
                'Its %1 sessions and all that was said in them go.',
                count
              )}{' '}
          {path !== '' && folder === 'ok'
            ? this._trans.__('The folder “%1” goes too, with its notebooks and files.', path)
            : this._trans.__('The folder and its files stay.')}{' '}
          {this._trans.__('This cannot be undone.')}
        </p>
        {path !== '' && folder === 'ok' && (
          <label className="jps-mod-inline">
            <input
              type="checkbox"
              onChange={event => {
                this._keepFiles = event.target.checked;
              }}
            />
            {this._trans.__('Keep the folder and its files')}
          </label>
        )}
        <label>
          {this._trans.__('Type “%1” to confirm', name)}
          <input
            className="jp-mod-styled"
            autoComplete="off"
            onChange={event => {
              this._value = event.target.value;
              this._allow();
            }}
          />
        </label>
      </>
    );
  }

  private _allow(): void {
    const button = this.node.closest('.jp-Dialog')?.querySelector<HTMLButtonElement>('.jps-mod-confirm');
    if (button) {
      button.disabled = this._value !== this._project.name;
    }
  }

  private _value = '';
  private _keepFiles = false;
}
