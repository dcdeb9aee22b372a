import type { ServerConnection } from '@jupyterlab/services';

import { readBlob } from '../api/blobs';
import { messageOf } from '../api/request';

/** How long a failure is said before it is tried again, when someone looks, in milliseconds. */
const AGAIN = 5_000;

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
    if (known === undefined && this.failure(sha256) === null) {
      this._texts.set(sha256, null);
      void this._read(sha256);
    }
    return known ?? null;
  }

  /** Why a blob cannot be read; `null` when it can, or when it is time to try again. */
  failure(sha256: string): string | null {
    const failed = this._failed.get(sha256);
    return failed && Date.now() - failed.at < AGAIN ? failed.reason : null;
  }

  private async _read(sha256: string): Promise<void> {
    try {
      this._texts.set(sha256, await readBlob(this._settings, this._project, sha256));
    } catch (error) {
      this._texts.delete(sha256);
      this._failed.set(sha256, { reason: messageOf(error), at: Date.now() });
      window.setTimeout(this._onRead, AGAIN);
    }
    this._onRead();
  }

  private _texts = new Map<string, string | null>();
  private _failed = new Map<string, { reason: string; at: number }>();
}
