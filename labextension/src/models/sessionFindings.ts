import type { ServerConnection } from '@jupyterlab/services';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';

import type { NotebookChanged, SaveRequested } from '../api/schema';
import { DispositionModel } from './disposition';
import { touchesFindings, touchesSources } from './findings';
import { KeyResultsModel } from './keyResults';
import type { ProjectsModel } from './projects';
import type { SessionsModel } from './sessions';

/** Changes that come together are read once. */
const PAUSE = 120;

/** Key results and disposition of one session, kept as the server has them while somebody looks. */
export class Findings {
  readonly results: KeyResultsModel;
  readonly disposition: DispositionModel;

  constructor(
    settings: ServerConnection.ISettings,
    private readonly _sessions: SessionsModel,
    readonly session: string
  ) {
    this.results = new KeyResultsModel(settings, _sessions.project, session);
    this.disposition = new DispositionModel(settings, _sessions.project, session);
  }

  get project(): string {
    return this._sessions.project;
  }

  /** Keep them up to date until disposed. */
  watch(): IDisposable {
    this._watchers += 1;
    if (this._watchers === 1) {
      this._start();
    }
    return new DisposableDelegate(() => {
      this._watchers -= 1;
      if (this._watchers === 0) {
        this._stop();
      }
    });
  }

  /** Read them anew soon, when somebody looks. */
  refresh = (): void => {
    if (this._watchers > 0 && !this._timer) {
      this._timer = window.setTimeout(() => void this._load(), PAUSE);
    }
  };

  private _start(): void {
    this._sessions.notebookLive.connect(this._onNotebook, this);
    window.addEventListener('focus', this.refresh);
    void this._sessions.ensure().then(() => {
      if (this._watchers > 0 && !this._following) {
        const after = this._sessions.get(this.session)?.last_seq;
        // A session that was deleted is not followed; what a fork of it shows is in the fork's log.
        this._following = after === undefined ? null : this._follow(after);
      }
    });
    void this._load();
  }

  private _follow(after: number): IDisposable {
    let first = true;
    return this._sessions.socket.follow(this.session, after, {
      event: event => {
        if (touchesFindings(event)) {
          this.refresh();
        }
      },
      ready: () => {
        if (!first) {
          this.refresh();
        }
        first = false;
      }
    });
  }

  private _stop(): void {
    this._sessions.notebookLive.disconnect(this._onNotebook, this);
    window.removeEventListener('focus', this.refresh);
    window.clearTimeout(this._timer);
    this._timer = 0;
    this._following?.dispose();
    this._following = null;
    this.results.trim();
  }

  private _onNotebook(_: SessionsModel, live: NotebookChanged | SaveRequested): void {
    if (live.type === 'notebook.changed' && touchesSources(live)) {
      this.refresh();
    }
  }

  /** One reading at a time; what changes meanwhile is read behind it. */
  private async _load(): Promise<void> {
    this._timer = 0;
    if (this._loading) {
      this._again = true;
      return;
    }
    this._loading = true;
    const last = this._sessions.get(this.session)?.last_seq;
    await Promise.all([this.results.load(last), this.disposition.load()]);
    this._loading = false;
    if (this._again) {
      this._again = false;
      this.refresh();
    }
  }

  private _watchers = 0;
  private _timer = 0;
  private _loading = false;
  private _again = false;
  private _following: IDisposable | null = null;
}

/** The findings of all sessions that are looked at: one of each for a browser tab. */
export class FindingsOfSessions {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _projects: ProjectsModel
  ) {}

  of(project: string, session: string): Findings {
    let findings = this._findings.get(session);
    if (!findings) {
      findings = new Findings(this._settings, this._projects.sessionsOf(project), session);
      this._findings.set(session, findings);
    }
    return findings;
  }

  /** A file was saved here: results of its cells may be stale now. */
  saved(path: string): void {
    const project = this._projects.at(path)?.id;
    for (const findings of this._findings.values()) {
      if (findings.project === project) {
        findings.refresh();
      }
    }
  }

  private _findings = new Map<string, Findings>();
}
