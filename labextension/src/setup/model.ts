import { probeModels } from '../api/catalog';
import type { Provider } from '../api/schema';
import type { ModelsModel } from '../models/models';
import { Observable } from '../models/observable';
import { messageOf } from '../models/projects';
import type { ServerConnection } from '@jupyterlab/services';

/** Which providers of models there are, asked when the page opens and again on demand. */
export class SetupModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _models: ModelsModel
  ) {
    super();
  }

  get items(): readonly Provider[] {
    return this._items;
  }

  /** The providers are being asked. */
  get probing(): boolean {
    return this._probing;
  }

  get error(): string | null {
    return this._error;
  }

  /** Time of the last answer. */
  get probedAt(): number | null {
    return this._probedAt;
  }

  async probe(): Promise<void> {
    if (this._probing) {
      return;
    }
    this._probing = true;
    this._error = null;
    this.notify();
    try {
      this._items = (await probeModels(this._settings)).items;
      this._probedAt = Date.now();
      // What was found can be chosen from now on.
      await this._models.load();
    } catch (reason) {
      this._error = messageOf(reason);
    } finally {
      this._probing = false;
      this.notify();
    }
  }

  private _items: readonly Provider[] = [];
  private _probing = false;
  private _error: string | null = null;
  private _probedAt: number | null = null;
}
