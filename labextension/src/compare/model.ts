import type { IDisposable } from '@lumino/disposable';

import type { Disposition, Session } from '../api/schema';
import type { IConversationContext } from '../conversation/context';
import { Observable } from '../models/observable';
import type { ProjectsModel } from '../models/projects';
import type { Findings } from '../models/sessionFindings';
import type { SessionsModel } from '../models/sessions';
import { type IRow, rowsOf } from './rows';

/** One of the sessions that are compared. */
export interface IColumn {
  readonly id: string;
  /** `undefined` when it was deleted. */
  readonly session: Session | undefined;
  readonly findings: Findings;
  readonly disposition: Disposition | null;
  readonly context: IConversationContext;
}

/** Sessions of one project side by side, kept as the server has them while somebody looks. */
export class ComparisonModel extends Observable {
  readonly sessions: SessionsModel;

  constructor(
    readonly projects: ProjectsModel,
    readonly project: string,
    private readonly _contexts: readonly IConversationContext[]
  ) {
    super();
    this.sessions = projects.sessionsOf(project);
    this.ids = _contexts.map(each => each.model.id);
    this._findings = _contexts.map(each => each.findings(each.model.id));
    projects.changed.connect(this.notify, this);
    this.sessions.changed.connect(this.notify, this);
    for (const { results, disposition } of this._findings) {
      results.changed.connect(this.notify, this);
      disposition.changed.connect(this.notify, this);
    }
  }

  readonly ids: readonly string[];

  get columns(): readonly IColumn[] {
    return this._contexts.map((context, index) => {
      const id = context.model.id;
      const findings = this._findings[index] as Findings;
      const session = this.sessions.get(id);
      const disposition = session ? findings.disposition.current : null;
      return { id, session, findings, disposition, context };
    });
  }

  /** What they have decided, key by key. */
  get rows(): IRow[] {
    return rowsOf(this.columns.map(each => each.disposition));
  }

  /** `gone`: the project, or all of the sessions, were deleted; `failed`: the list cannot be read. */
  get state(): 'loading' | 'ready' | 'gone' | 'failed' {
    const { loaded, error } = this.sessions;
    if (this.projects.loaded && !this.projects.get(this.project)) {
      return 'gone';
    }
    if (!loaded) {
      return error === null ? 'loading' : 'failed';
    }
    return this.ids.some(id => this.sessions.get(id)) ? 'ready' : 'gone';
  }

  /** Follow what the sessions find, or stop to. */
  watch(on: boolean): void {
    if (on && this._watching.length === 0) {
      void this.sessions.ensure();
      this._watching = this._findings.map(each => each.watch());
    } else if (!on) {
      this._watching.forEach(each => each.dispose());
      this._watching = [];
    }
  }

  /** Mark one as preferred, and no other of these; or take its mark back. */
  async prefer(id: string, preferred: boolean): Promise<void> {
    await this.sessions.update(id, { preferred });
    const others = this.ids.filter(each => each !== id && this.sessions.get(each)?.preferred);
    if (preferred) {
      await Promise.all(others.map(each => this.sessions.update(each, { preferred: false })));
    }
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.watch(false);
      this._contexts.forEach(each => each.model.dispose());
      super.dispose();
    }
  }

  private readonly _findings: readonly Findings[];
  private _watching: IDisposable[] = [];
}
