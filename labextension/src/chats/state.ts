import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/request';
import type { Session } from '../api/schema';
import { Observable } from '../models/observable';
import { dropped, type IMove, stepped } from '../models/order';
import { messageOf } from '../models/projects';
import type { SessionsModel } from '../models/sessions';
import { telling } from './dialogs';
import type { ILifted } from './drag';
import { type ILayout, topOf } from './rows';

/** Stands for an id on the heading of the archived sessions. */
export const ARCHIVED = 'archived';

/** What a person is told above the list, until it is settled. */
export type Notice =
  | { kind: 'order'; move: IMove | null; reason: string }
  | { kind: 'name'; session: Session; mine: string; theirs: string };

/** A row that is drawn, and where. */
export interface IPlaced {
  readonly session: Session;
  /** Its place among all rows, counted from 0. */
  readonly index: number;
  /** Its upper edge. */
  readonly top: number;
  readonly lifted: boolean;
}

/** What a person does in the list of sessions: focus, folds, a name being edited, a row being dragged. */
export class ListState extends Observable {
  constructor(
    readonly sessions: SessionsModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
  }

  /** Where the list was scrolled to when it was last seen. */
  scrollTop = 0;

  get renaming(): Session | null {
    return this._renaming;
  }

  get lifted(): ILifted | null {
    return this._lifted;
  }

  get notice(): Notice | null {
    return this._notice;
  }

  /** What a screen reader says. */
  get said(): string {
    return this._said;
  }

  /** The archived sessions are shown. */
  get open(): boolean {
    return this._open;
  }

  get stale(): boolean {
    return this.sessions.staleSince !== null;
  }

  /** The rows in order: ids of sessions, and the heading between them. */
  get ids(): readonly string[] {
    const { active, archived } = this.sessions;
    const ids = active.map(each => each.id);
    if (archived.length > 0) {
      ids.push(ARCHIVED, ...(this._open ? archived.map(each => each.id) : []));
    }
    return ids;
  }

  /** Sessions whose rows are not folded away. */
  get shown(): readonly Session[] {
    const { active, archived } = this.sessions;
    return this._open ? [...active, ...archived] : active;
  }

  /** The list as it is laid out, without the row that is lifted. */
  get layout(): ILayout {
    const { active, archived } = this.sessions;
    return {
      sessions: active.length - (this._isLifted(active) ? 1 : 0),
      heading: archived.length > 0,
      archived: this._open ? archived.length : 0
    };
  }

  /** The one stop in the tab order; `current`: the session whose tab was last current. */
  stop(ids: readonly string[], current: string | null): string | undefined {
    return [this._focused, current].find(id => id !== null && ids.includes(id)) ?? ids[0];
  }

  /** The rows to draw: those in view, and those of `always`. */
  rows(range: { start: number; end: number }, always: readonly (string | undefined)[]): IPlaced[] {
    const { active, archived } = this.sessions;
    const { layout, lifted } = this;
    const rows: IPlaced[] = [];
    let line = 0;
    const place = (session: Session, index: number) => {
      if (session.id === lifted?.id) {
        rows.push({ session, index, top: lifted.top, lifted: true });
        return;
      }
      if ((line >= range.start && line < range.end) || always.includes(session.id)) {
        rows.push({ session, index, top: topOf(layout, line), lifted: false });
      }
      line += 1;
    };
    active.forEach(place);
    line = layout.sessions + 1;
    if (this._open) {
      archived.forEach((session, index) => place(session, active.length + 1 + index));
    }
    return rows;
  }

  /** Whether the focus is to go to the tab stop now; asked once. */
  takeFocus(): boolean {
    const wanted = this._wanted;
    this._wanted = false;
    return wanted;
  }

  /** Give the focus to a row. */
  focus(id: string | undefined): void {
    if (id !== undefined) {
      this._wanted = true;
      this.focused(id);
      this._open ||= Boolean(this.sessions.get(id)?.archived_at);
      this.notify();
    }
  }

  /** Give the focus to a row, or to the one that is at its place when it is gone. */
  focusNear(id: string, index: number): void {
    const { ids } = this;
    this.focus(ids.includes(id) ? id : ids[Math.min(index, ids.length - 1)]);
  }

  /** A row has got the focus. */
  focused(id: string): void {
    if (this._focused !== id) {
      this._focused = id;
      this.notify();
    }
  }

  fold(open = !this._open): void {
    this._open = open;
    this.notify();
  }

  lift(lifted: ILifted | null): void {
    this._lifted = lifted;
    this.notify();
  }

  drop({ id, gap }: ILifted): void {
    const ids = this._activeIds;
    this.focus(id);
    if (ids.includes(id)) {
      void this.move(dropped(ids, id, gap));
      this._sayPlace(id);
    }
  }

  /** Move a session one step up or down. */
  step(session: Session, by: -1 | 1): void {
    if (!this.stale && session.archived_at === null) {
      void this.move(stepped(this._activeIds, session.id, by));
      this.focus(session.id);
      this._sayPlace(session.id);
    }
  }

  async move(move: IMove | null): Promise<void> {
    this._tell(null);
    if (!move) {
      return;
    }
    try {
      await this.sessions.move(move);
    } catch (error) {
      const moved = error instanceof ApiError && error.status === 409;
      this._tell({ kind: 'order', move: moved ? null : move, reason: messageOf(error) });
    }
  }

  /** Begin to edit a name in place. */
  edit(session: Session | null): void {
    this._renaming = session;
    this.notify();
  }

  /** Rename a session that has the name of `session`, as far as the person knows; `byKey`: the focus is free. */
  async rename(session: Session, name: string | null, byKey = true): Promise<void> {
    this._renaming = null;
    if (byKey) {
      this.focus(session.id);
    } else {
      this.notify();
    }
    if (name !== null && name !== session.name) {
      await telling(() => this._saveName(session, name));
    }
  }

  /** Settle a name that two windows changed: the own one replaces the other's, or not. */
  settle({ session, mine, theirs }: Notice & { kind: 'name' }, useMine: boolean): void {
    this._tell(null);
    void this.rename({ ...session, name: theirs }, useMine ? mine : null);
  }

  dismiss(): void {
    this._tell(null);
  }

  say(text: string): void {
    this._said = text;
    this.notify();
  }

  private async _saveName(session: Session, name: string): Promise<void> {
    try {
      await this.sessions.rename(session.id, name, session.name);
    } catch (error) {
      if (!(error instanceof ApiError) || typeof error.details.name !== 'string') {
        throw error;
      }
      this._tell({ kind: 'name', session, mine: name, theirs: error.details.name });
    }
  }

  private _sayPlace(id: string): void {
    const ids = this._activeIds;
    const name = this.sessions.get(id)?.name ?? '';
    this.say(this._trans.__('%1, %2 of %3', name, ids.indexOf(id) + 1, ids.length));
  }

  private _isLifted(sessions: readonly Session[]): boolean {
    return this._lifted !== null && sessions.some(each => each.id === this._lifted?.id);
  }

  private get _activeIds(): string[] {
    return this.sessions.active.map(each => each.id);
  }

  private _tell(notice: Notice | null): void {
    this._notice = notice;
    this.notify();
  }

  private _focused: string | null = null;
  private _wanted = false;
  private _open = false;
  private _renaming: Session | null = null;
  private _lifted: ILifted | null = null;
  private _notice: Notice | null = null;
  private _said = '';
}
