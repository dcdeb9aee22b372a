import type { TranslationBundle } from '@jupyterlab/translation';

import type { Version } from '../../api/schema';
import { clock } from '../../components/times';
import type { HistoryModel } from '../../models/history';
import { Observable } from '../../models/observable';
import { RowFocus } from '../focus';
import {
  entriesOf,
  type Entry,
  entryOf,
  type IGroupEntry,
  isVersion,
  type IVersionEntry,
  spanOf
} from './entries';

/** With what a version is compared: the one before it, or the notebook as it is now. */
export type Against = 'before' | 'present';

/** What is asked or typed about the selected version. */
export type Asked = 'restore' | 'branch' | null;

/** Two states of the notebook, whose difference is shown. */
export interface ISides {
  readonly from: string;
  readonly to: string;
  /** What a person calls them. */
  readonly fromName: string;
  readonly toName: string;
}

/** What a person does in the history of a notebook: selection, folds, a name being edited, a question. */
export class HistoryState extends Observable {
  readonly focus = new RowFocus();

  constructor(readonly model: HistoryModel) {
    super();
    model.changed.connect(this._onModel, this);
  }

  get entries(): readonly Entry[] {
    return this._entries;
  }

  /** The selected entry: the newest one at first. */
  get selected(): IVersionEntry | IGroupEntry | undefined {
    const chosen = this._selected === null ? undefined : entryOf(this._entries, this._selected);
    const group = this._group && this._entries.find(each => each.key === `g${this._selected}`);
    const entry = group && isVersion(group) ? group : chosen;
    return entry ?? this._entries.find(isVersion);
  }

  get against(): Against {
    return this._against;
  }

  get asked(): Asked {
    return this._asked;
  }

  /** Key of the row whose name is edited. */
  get naming(): string | null {
    return this._naming;
  }

  /** What a screen reader says. */
  get said(): string {
    return this._said;
  }

  /** In a narrow tab: the difference is shown over the list. */
  get inside(): boolean {
    return this._inside;
  }

  /** What is compared; `null` when there is nothing to compare. */
  sides(trans: TranslationBundle): ISides | null {
    const { selected } = this;
    if (!selected) {
      return null;
    }
    const { oldest, newest } = spanOf(selected);
    const named = newest.name ?? clock(newest.created_at);
    return this._against === 'before'
      ? {
          from: `before:${oldest.id}`,
          to: `version:${newest.id}`,
          fromName: trans.__('Before %1', clock(oldest.created_at)),
          toName: named
        }
      : {
          from: `version:${newest.id}`,
          to: `branch:${this.model.place.branch}`,
          fromName: named,
          toName: trans.__('Present')
        };
  }

  /** The selected version is what the notebook holds now. */
  get isPresent(): boolean {
    const { selected } = this;
    return selected !== undefined && spanOf(selected).newest.id === this.model.newest?.id;
  }

  select(entry: Entry | undefined): void {
    if (isVersion(entry)) {
      const { newest } = spanOf(entry);
      if (this._selected !== newest.id || this._group !== (entry.kind === 'group')) {
        this._asked = null;
      }
      this._selected = newest.id;
      this._group = entry.kind === 'group';
      this.notify();
    }
  }

  compare(against: Against): void {
    this._against = against;
    this.notify();
  }

  /** Fold or unfold a run of saves. */
  fold(group: IGroupEntry, open = !group.open): void {
    group.versions.forEach(({ id }) => (open ? this._open.add(id) : this._open.delete(id)));
    this._arrange();
    this.notify();
  }

  ask(asked: Asked): void {
    this._asked = asked;
    this.notify();
  }

  enter(inside: boolean): void {
    this._inside = inside;
    this.notify();
  }

  edit(entry: Entry | undefined): void {
    this._naming = entry?.kind === 'version' ? entry.key : null;
    this._arrange();
    this.notify();
  }

  /** Give a version the name that was typed; `null`: as it was. `byKey`: its row gets the focus. */
  async name(version: Version, name: string | null, byKey: boolean): Promise<void> {
    this._naming = null;
    this._arrange();
    if (byKey) {
      this.focus.focus(`v${version.id}`);
    }
    this.notify();
    const wanted = name?.trim() || null;
    if (name !== null && wanted !== version.name) {
      await this.model.name(version.id, wanted);
    }
  }

  say(text: string): void {
    this._said = text;
    this.notify();
  }

  override dispose(): void {
    this.focus.dispose();
    this.model.changed.disconnect(this._onModel, this);
    this.model.dispose();
    super.dispose();
  }

  private _onModel(): void {
    this._arrange();
    this.notify();
  }

  private _arrange(): void {
    const { versions, place } = this.model;
    // A row in which one types stays, although newer saves would fold it.
    const isOpen = (id: number) => this._open.has(id) || this._naming === `v${id}`;
    this._entries = entriesOf(versions, place.branch, isOpen);
  }

  private _entries: readonly Entry[] = [];
  private _selected: number | null = null;
  private _group = false;
  private _against: Against = 'before';
  private _asked: Asked = null;
  private _naming: string | null = null;
  private _inside = false;
  private _said = '';
  private _open = new Set<number>();
}
