import '../../style/authors.css';

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { User } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ISessions } from '../tokens';
import { Margin } from './margin';
import type { Shown } from './words';

interface IParts {
  trans: TranslationBundle;
  sessions: ISessions;
  notebooks: INotebookTracker;
  user: User.IManager;
}

/** The margins of all notebooks that are open. */
export class Margins {
  constructor(private readonly _parts: IParts) {
    const { notebooks } = _parts;
    notebooks.widgetAdded.connect((_, panel) => this._add(panel));
  }

  set shown(shown: Shown) {
    this._shown = shown;
    if (shown === 'off') {
      this._margins.forEach(margin => margin.dispose());
      this._margins.clear();
    } else {
      this._margins.forEach(margin => {
        margin.shown = shown;
      });
      this._parts.notebooks.forEach(panel => this._add(panel));
    }
  }

  private _add(panel: NotebookPanel): void {
    if (this._shown === 'off' || this._margins.has(panel)) {
      return;
    }
    const { trans, sessions } = this._parts;
    this._margins.set(panel, new Margin(trans, sessions, panel, this._person, this._shown));
    panel.disposed.connect(() => {
      this._margins.get(panel)?.dispose();
      this._margins.delete(panel);
    });
  }

  /** Name of the user; where nobody signs in, the server makes one up that says nothing. */
  private get _person(): string {
    const { trans, user } = this._parts;
    const name = user.identity?.display_name || user.identity?.username || '';
    return name === '' || name.startsWith('Anonymous ') ? trans.__('you') : name;
  }

  private _shown: Shown = 'off';
  private _margins = new Map<NotebookPanel, Margin>();
}
