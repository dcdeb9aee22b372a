import type { ServerConnection } from '@jupyterlab/services';

import { readCell } from '../../api/versions';
import { Observable } from '../../models/observable';

type Output = Readonly<Record<string, unknown>>;

/** Where a cell is read: a notebook and a state of it. */
export interface IPlace {
  readonly notebook: string;
  readonly cell: string;
  readonly at: string;
}

/** Outputs of cells, read when they are looked at. */
export class CellContents extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _project: string
  ) {
    super();
  }

  /** Outputs of a cell; `null` until they were read. A text says why they cannot be. */
  outputs(place: IPlace): readonly Output[] | string | null {
    const key = keyOf(place);
    if (!this._known.has(key)) {
      this._known.set(key, null);
      void this._read(key, place);
    }
    return this._known.get(key) ?? null;
  }

  /** A branch has moved: what was read may be old. */
  forget(): void {
    this._known = new Map();
  }

  /** Read those again that could not be read. */
  retry(): void {
    this._known.forEach((known, key) => {
      if (typeof known === 'string') {
        this._known.delete(key);
      }
    });
    this.notify();
  }

  private async _read(key: string, { notebook, cell, at }: IPlace): Promise<void> {
    const known = this._known;
    let found: readonly Output[] | string;
    try {
      const { cell: content } = await readCell(this._settings, this._project, notebook, cell, at);
      found = Array.isArray(content?.outputs) ? (content.outputs as Output[]) : [];
    } catch (error) {
      found = error instanceof Error ? error.message : String(error);
    }
    // What was forgotten meanwhile may be old.
    if (known === this._known) {
      known.set(key, found);
      this.notify();
    }
  }

  private _known = new Map<string, readonly Output[] | string | null>();
}

/** Name of a cell at a state, unlike that of any other. */
export function keyOf({ notebook, cell, at }: IPlace): string {
  return JSON.stringify([notebook, cell, at]);
}
