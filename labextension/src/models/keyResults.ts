import type { ServerConnection } from '@jupyterlab/services';

import {
  listKeyResults,
  readKeyResultCsv,
  readKeyResultData,
  removeKeyResult,
  updateKeyResult
} from '../api/keyResults';
import type { KeyResult, KeyResultData, KeyResultPatch } from '../api/schema';
import { Observable } from './observable';
import { messageOf } from './projects';

/** Tables that are kept at hand when nobody looks. */
const KEPT = 20;

/** The key results of one session, and the data of those that are looked at. */
export class KeyResultsModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _project: string,
    readonly session: string
  ) {
    super();
  }

  get items(): readonly KeyResult[] {
    return this._items;
  }

  /** Whether the list was read at least once. */
  get loaded(): boolean {
    return this._loaded;
  }

  /** Why the list could not be read. */
  get error(): string | null {
    return this._error;
  }

  /** Whether what an event of the session's log speaks of is not there any more. */
  misses(id: string, seq: number): boolean {
    return this._loaded && seq <= this._asOf && !this.get(id);
  }

  get(id: string): KeyResult | undefined {
    return this._items.find(each => each.id === id);
  }

  /** Read the list anew; `asOf` is the last event of the session's log that is known. */
  async load(asOf = 0): Promise<void> {
    const writes = this._writes;
    try {
      const read = await listKeyResults(this._settings, this._project, this.session);
      if (writes !== this._writes) {
        return await this.load(asOf); // it may be older than what was written
      }
      this._items = read;
      this._error = null;
      this._loaded = true;
      this._asOf = asOf;
    } catch (error) {
      this._error = messageOf(error);
    }
    this.notify();
  }

  /** Data of a key result, which never changes: `null` until it was read, a sentence when it cannot be. */
  data(id: string): KeyResultData | string | null {
    const known = this._data.get(id);
    if (known === undefined) {
      this._data.set(id, null);
      void readKeyResultData(this._settings, this._project, this.session, id)
        .catch(messageOf)
        .then(data => {
          this._data.set(id, data);
          this.notify();
        });
    }
    return known ?? null;
  }

  /** Ask for data that could not be read once more. */
  readAgain(id: string): void {
    this._data.delete(id);
    this.notify();
  }

  async update(id: string, patch: Partial<KeyResultPatch>): Promise<void> {
    const changed = await updateKeyResult(this._settings, this._project, this.session, id, patch);
    this._writes += 1;
    this._items = this._items.map(each => (each.id === id ? changed : each));
    this.notify();
  }

  async remove(id: string): Promise<void> {
    await removeKeyResult(this._settings, this._project, this.session, id);
    this._writes += 1;
    this._items = this._items.filter(each => each.id !== id);
    this.notify();
  }

  csv(id: string): Promise<Blob> {
    return readKeyResultCsv(this._settings, this._project, this.session, id);
  }

  /** Nobody looks at them any more: keep those that were read last. */
  trim(): void {
    for (const oldest of [...this._data.keys()].slice(0, -KEPT)) {
      this._data.delete(oldest);
    }
  }

  private _items: KeyResult[] = [];
  private _loaded = false;
  private _asOf = 0;
  private _writes = 0;
  private _error: string | null = null;
  private _data = new Map<string, KeyResultData | string | null>();
}
