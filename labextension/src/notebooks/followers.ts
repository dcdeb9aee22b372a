import type { Contents } from '@jupyterlab/services';

import type { NotebookChanged, SaveRequested } from '../api/schema';
import type { SessionsModel } from '../models/sessions';
import type { EventSocket } from '../models/socket';
import type { ISessions } from '../tokens';
import { type IKept, type NotebookContext, NotebookFollower } from './follower';

/** All open notebooks that lie in a project: they follow the server, and the server knows of them. */
export class NotebookFollowers {
  constructor(
    private readonly _sessions: ISessions,
    private readonly _contents: Contents.IManager,
    private readonly _onKept: (kept: IKept) => void
  ) {
    _sessions.projects.changed.connect(() => this._refresh());
  }

  add(context: NotebookContext): void {
    if (this._followers.has(context)) {
      return;
    }
    this._followers.set(context, new NotebookFollower(context, this._contents, this._onKept));
    context.pathChanged.connect(() => this._refresh());
    context.disposed.connect(() => {
      this._followers.delete(context);
      this._refresh();
    });
    this._refresh();
  }

  /** Follow the projects that have notebooks open, and say which. */
  private _refresh(): void {
    const open = new Map<string, string[]>();
    for (const { path } of this._followers.values()) {
      const project = this._sessions.projects.at(path);
      if (project) {
        open.set(project.id, [...(open.get(project.id) ?? []), path]);
      }
    }
    for (const project of new Set([...this._followed, ...open.keys()])) {
      this._attend(project, [...new Set(open.get(project) ?? [])].sort());
    }
  }

  private _attend(project: string, paths: string[]): void {
    const sessions = this._sessions.projects.sessionsOf(project);
    const said = JSON.stringify(paths);
    if (!this._followed.has(project)) {
      this._followed.add(project);
      sessions.notebookLive.connect(this._onLive, this);
      let before = sessions.socket.state;
      sessions.socket.changed.connect((socket: EventSocket) => {
        if (socket.state === 'open' && before !== 'open') {
          this._said.delete(project);
          this._refresh();
          this._catchUp(project);
        }
        before = socket.state;
      });
      void sessions.ensure();
    }
    if (this._said.get(project) !== said && sessions.socket.state === 'open') {
      this._said.set(project, said);
      sessions.socket.send({ attend: paths, project });
    }
  }

  private _onLive(sessions: SessionsModel, live: NotebookChanged | SaveRequested): void {
    const here = [...this._followers.values()].filter(each => each.path === live.path);
    if (live.type === 'notebook.changed') {
      here.forEach(each => void each.follow(live));
      return;
    }
    void Promise.all(here.map(each => each.save()))
      .catch((reason: unknown) => console.warn('jupyter-sessions: a notebook could not be saved', reason))
      .then(() => {
        if (here.length > 0) {
          sessions.socket.send({ saved: live.request });
        }
      });
  }

  private _catchUp(project: string): void {
    for (const follower of this._followers.values()) {
      if (this._sessions.projects.at(follower.path)?.id === project) {
        follower
          .catchUp()
          .catch((reason: unknown) =>
            console.warn('jupyter-sessions: a notebook could not be compared', reason)
          );
      }
    }
  }

  private _followers = new Map<NotebookContext, NotebookFollower>();
  private _followed = new Set<string>();
  private _said = new Map<string, string>();
}
