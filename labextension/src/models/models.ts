import type { ServerConnection } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';

import { listModels } from '../api/catalog';
import type { ModelInfo } from '../api/schema';
import { Observable } from './observable';

/** The language models on offer. */
export class ModelsModel extends Observable {
  constructor(private readonly _settings: ServerConnection.ISettings) {
    super();
  }

  get items(): readonly ModelInfo[] {
    return this._items;
  }

  get default(): string | null {
    return this._default;
  }

  /** Nothing but the offline agent can answer. */
  get offlineOnly(): boolean {
    return this._items.length > 0 && !this._items.some(each => each.available && each.kind !== 'offline');
  }

  find(id: string | null): ModelInfo | undefined {
    return this._items.find(each => each.id === (id ?? this._default));
  }

  /** Someone wants to see what models there could be. */
  get setupWanted(): ISignal<this, void> {
    return this._setupWanted;
  }

  /** Ask for the page about models. */
  wantSetup(): void {
    this._setupWanted.emit();
  }

  async load(): Promise<void> {
    const list = await listModels(this._settings);
    this._items = list.items;
    this._default = list.default;
    this.notify();
  }

  private _items: ModelInfo[] = [];
  private _default: string | null = null;
  private _setupWanted = new Signal<this, void>(this);
}
