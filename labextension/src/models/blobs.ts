import type { ServerConnection } from '@jupyterlab/services';

import { readBlob } from '../api/blobs';

/** Large payloads of a project's events, each read once when it is asked for. */
export class Blobs {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _project: string,
    private readonly _onRead: () => void
  ) {}

  /** Text of a blob; `null` until it was read. */
  text(sha256: string): string | null {
    const known = this._texts.get(sha256);
    if (known === undefined) {
      this._texts.set(sha256, null);
      void readBlob(this._settings, this._project, sha256)
        .catch((error: unknown) => String(error))
        .then(text => {
          this._texts.set(sha256, text);
          this._onRead();
        });
    }
    return known ?? null;
  }

  private _texts = new Map<string, string | null>();
}
