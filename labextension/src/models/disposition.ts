import type { ServerConnection } from '@jupyterlab/services';

import { getDisposition, updateDisposition } from '../api/dispositions';
import type { Disposition, DispositionChange } from '../api/schema';
import { Observable } from './observable';
import { messageOf } from './projects';

/** What one session must decide, and what it has decided. */
export class DispositionModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _project: string,
    readonly session: string
  ) {
    super();
  }

  /** `null` until it was read. */
  get current(): Disposition | null {
    return this._current;
  }

  /** Why it could not be read. */
  get error(): string | null {
    return this._error;
  }

  async load(): Promise<void> {
    try {
      this._current = await getDisposition(this._settings, this._project, this.session);
      this._error = null;
    } catch (error) {
      this._error = messageOf(error);
    }
    this.notify();
  }

  async update(change: Partial<DispositionChange>): Promise<void> {
    this._current = await updateDisposition(this._settings, this._project, this.session, change);
    this.notify();
  }

  private _current: Disposition | null = null;
  private _error: string | null = null;
}
