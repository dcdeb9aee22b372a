import type { Event } from '../api/schema';
import type { IFork } from './entries';
import { LANDMARKS, landmarksOf } from './landmarks';
import { forksOf, type IPageQuery, PAGE, Pages } from './pages';
import { Projector } from './projector';

/** Events that are loaded at once to show the place that was read last. */
const MOST = 1000;

/** The part of a session's log that is loaded, extended on demand; one page is read at a time. */
export class LogWindow {
  readonly pages = new Pages();
  readonly projector = new Projector(this.pages);

  constructor(
    private readonly _read: (query: IPageQuery) => Promise<Event[]>,
    private readonly _isOpen: (fork: IFork) => boolean,
    private readonly _onChange: () => void
  ) {}

  /** Last event of the log, loaded or not. */
  get last(): number {
    return this._last;
  }

  get hasBefore(): boolean {
    return this.pages.above(this._isOpen) !== null;
  }

  get hasAfter(): boolean {
    return this.pages.hi < this._last;
  }

  /** Read what lies at the end, or around the event that is to be seen. */
  async first(last: number, seq: number | undefined): Promise<void> {
    this._live = false;
    this._last = last;
    const behind = seq === undefined ? 0 : last - seq;
    const far = behind > MOST - PAGE / 2;
    const query = far
      ? aroundOf(seq ?? 0)
      : { before: last + 1, limit: Math.min(MOST, Math.max(PAGE, behind + PAGE / 2)) };
    this.pages.replace(await this._read(query));
    this._project();
    this._live = true;
    if (this.pages.events.length < last) {
      void this._readLandmarks();
    }
  }

  above(): Promise<void> {
    return this._unlessBusy(() => this._add(this.pages.above(this._isOpen)));
  }

  below(): Promise<void> {
    return this._unlessBusy(() => this._add(this.pages.below(this._last, this._isOpen)));
  }

  end(): Promise<void> {
    return this._next(async () => {
      this.pages.replace(await this._read({ before: this._last + 1, limit: PAGE }));
      this._project();
    });
  }

  /** Load what lies around an event, unless it is loaded. */
  around(seq: number): Promise<void> {
    return this._next(async () => {
      if (!this.pages.has(seq) && seq <= this._last) {
        this.pages.replace(await this._read(aroundOf(seq)));
        this._project();
      }
    });
  }

  /** Load a stretch that was left. */
  fill(fork: IFork): Promise<void> {
    return this._next(async () => {
      let added = false;
      for (let query = this.pages.missing(fork); query; query = this.pages.missing(fork)) {
        const page = await this._read(query);
        if (page.length === 0) {
          break;
        }
        this.pages.add(page);
        added = true;
      }
      if (added) {
        this._project();
      }
    });
  }

  /** The next event of the log has come. */
  take(event: Event): void {
    const next = event.seq === this.pages.hi + 1;
    this._last = event.seq;
    if (next) {
      this.pages.push(event);
    }
    this.projector.event(event, !next);
    if (!next && event.type === 'line.forked') {
      this.pages.know(forksOf([event]));
      this._project();
    }
  }

  /** Forks and pins outside of what is loaded: they come a little later. */
  private async _readLandmarks(): Promise<void> {
    try {
      this.projector.know(landmarksOf(await this._read(LANDMARKS)));
      this._project();
    } catch (error) {
      console.warn('jupyter-sessions: forks and pins of a log could not be read', error);
    }
  }

  private async _add(query: IPageQuery | null): Promise<void> {
    if (query) {
      this.pages.add(await this._read(query));
      this._project();
    }
  }

  private _project(): void {
    this._last = Math.max(this._last, this.pages.hi);
    this.projector.all(this._live, this.hasAfter);
    this._onChange();
  }

  /** Load, unless something is being loaded. */
  private async _unlessBusy(load: () => Promise<void>): Promise<void> {
    if (this._busy === 0) {
      await this._next(load);
    }
  }

  /** Load once what is being loaded is there. */
  private _next(load: () => Promise<void>): Promise<void> {
    this._busy += 1;
    this._loading = this._loading.then(load).then(
      () => {
        this._busy -= 1;
      },
      (error: unknown) => {
        this._busy -= 1;
        console.warn('jupyter-sessions: a page of the log could not be read', error);
      }
    );
    return this._loading;
  }

  private _last = 0;
  private _live = false;
  private _busy = 0;
  private _loading: Promise<void> = Promise.resolve();
}

function aroundOf(seq: number): IPageQuery {
  return { after: Math.max(0, seq - PAGE / 2), limit: PAGE };
}
