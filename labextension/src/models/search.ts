import type { ServerConnection } from '@jupyterlab/services';

import { Unreachable } from '../api/request';
import type { Hit } from '../api/schema';
import { searchSessions } from '../api/search';
import { Observable } from './observable';
import { messageOf } from './projects';

/** Milliseconds without a key, after which the server is asked. */
const PAUSE = 150;
const PAGE = 50;

/** What the server finds in conversations, for what a person types. */
export class SearchModel extends Observable {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _project: string
  ) {
    super();
  }

  /** The words as they were typed. */
  get text(): string {
    return this._text;
  }

  /** All projects are searched. */
  get everywhere(): boolean {
    return this._everywhere;
  }

  /** Places found for `text`, or for what was typed before while the server works. */
  get hits(): readonly Hit[] {
    return this._hits;
  }

  /** The server has not answered yet. */
  get busy(): boolean {
    return this._busy;
  }

  /** There are more places than were fetched. */
  get more(): boolean {
    return this._next !== null;
  }

  /** Why there is no answer; empty when the server cannot be reached. */
  get error(): string | null {
    return this._error;
  }

  type(text: string): void {
    this._text = text;
    this._ask(PAUSE);
  }

  setEverywhere(everywhere: boolean): void {
    this._everywhere = everywhere;
    this._ask(0);
  }

  /** Ask again, after an error. */
  retry(): void {
    this._ask(0);
  }

  /** Fetch the next page. */
  fetchMore(): Promise<void> {
    return this._fetch(this._next ?? undefined);
  }

  override dispose(): void {
    this._stop();
    super.dispose();
  }

  private _ask(pause: number): void {
    this._stop();
    this._error = null;
    this._busy = this._text.trim() !== '';
    if (this._busy) {
      this._timer = window.setTimeout(() => void this._fetch(), pause);
    } else {
      this._hits = [];
      this._next = null;
    }
    this.notify();
  }

  private async _fetch(after?: string): Promise<void> {
    this._stop();
    const { signal } = (this._asking = new AbortController());
    const project = this._everywhere ? null : this._project;
    try {
      const asked = { q: this._text.trim(), after, limit: PAGE };
      const page = await searchSessions(this._settings, project, asked, signal);
      if (!signal.aborted) {
        this._hits = after === undefined ? page.items : [...this._hits, ...page.items];
        this._next = page.next;
        this._busy = false;
      }
    } catch (error) {
      if (!signal.aborted) {
        this._hits = [];
        this._next = null;
        this._busy = false;
        this._error = error instanceof Unreachable ? '' : messageOf(error);
      }
    }
    if (!signal.aborted) {
      this.notify();
    }
  }

  private _stop(): void {
    window.clearTimeout(this._timer);
    this._asking?.abort();
    this._asking = null;
  }

  private _text = '';
  private _everywhere = false;
  private _hits: Hit[] = [];
  private _next: string | null = null;
  private _busy = false;
  private _error: string | null = null;
  private _timer = 0;
  private _asking: AbortController | null = null;
}
