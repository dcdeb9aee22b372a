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
    const writes = this._writes;
    try {
      const read = await getDisposition(this._settings, this._project, this.session);
      if (writes !== this._writes) {
        return await this.load(); // it may be older than what was written
      }
      this._current = read;
      this._error = null;
    } catch (error) {
      this._error = messageOf(error);
    }
    this.notify();
  }

  async update(change: Partial<DispositionChange>): Promise<void> {
    const written = await updateDisposition(this._settings, this._project, this.session, change);
    this._writes += 1;
    this._current = written;
    this.notify();
  }

  private _current: Disposition | null = null;
  private _error: string | null = null;
  private _writes = 0;
}
