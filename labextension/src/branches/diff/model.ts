import type { ServerConnection } from '@jupyterlab/services';

import { ApiError } from '../../api/request';
import type { NotebookDiff } from '../../api/schema';
import { readDiff } from '../../api/versions';
import { Observable } from '../../models/observable';
import type { Live } from '../../api/unions';
import type { SessionsModel } from '../../models/sessions';

/** Two states of a notebook. */
export interface IDiffArgs {
  readonly project: string;
  readonly notebook: string;
  /** `branch:<id>`, `version:<id>` or `before:<id>`. */
  readonly from: string;
  readonly to: string;
  /** What a person calls them. */
  readonly fromName?: string;
  readonly toName?: string;
}

/** What differs between two states of a notebook, kept up to date where a state is the present one of a branch. */
export class DiffModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    sessions: SessionsModel,
    readonly args: IDiffArgs
  ) {
    super();
    void sessions.ensure();
    sessions.live.connect(this._onLive, this);
    sessions.followed.connect(this._onFollowed, this);
  }

  /** `gone`: there is no such notebook or state any more. */
  get state(): 'loading' | 'ready' | 'gone' | 'failed' {
    return this._state;
  }

  get error(): string {
    return this._error;
  }

  get diff(): NotebookDiff | null {
    return this._diff;
  }

  async load(): Promise<void> {
    const { project, notebook, from, to } = this.args;
    const count = (this._loads += 1);
    try {
      const diff = await readDiff(this._settings, project, notebook, from, to);
      if (count === this._loads) {
        this._diff = diff;
        this._state = 'ready';
      }
    } catch (error) {
      if (count === this._loads) {
        const gone = error instanceof ApiError && error.status === 404;
        this._state = gone ? 'gone' : 'failed';
        this._error = error instanceof ApiError ? error.message : '';
      }
    }
    this.notify();
  }

  private _onFollowed(): void {
    void this.load();
  }

  private _onLive(_: SessionsModel, live: Live): void {
    const { notebook, from, to } = this.args;
    if (
      live.type === 'version.added' &&
      [from, to].includes(`branch:${live.branch}`) &&
      [notebook, this._diff?.notebook].includes(live.notebook)
    ) {
      void this.load();
    }
  }

  private _state: DiffModel['state'] = 'loading';
  private _error = '';
  private _diff: NotebookDiff | null = null;
  private _loads = 0;
}
