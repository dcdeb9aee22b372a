/** One thing is put before another, or last. */
export interface IMove {
  readonly id: string;
  readonly before: string | null;
}

interface IPendingMove extends IMove {
  before: string | null;
  /** It is on its way: it cannot be changed any more. */
  sent: boolean;
  /** The order that the server answered with; its frame is waited for. */
  answer: string | null;
  /** Orders that were told since it was sent. */
  readonly told: Set<string>;
}

/** The ids with the move done; as they are when it has become impossible. */
export function moved(ids: readonly string[], { id, before }: IMove): readonly string[] {
  const rest = ids.filter(each => each !== id);
  const place = before === null ? rest.length : rest.indexOf(before);
  return rest.length === ids.length || place < 0 ? ids : rest.toSpliced(place, 0, id);
}

/** The move that takes one a step up (-1) or down (1); `null` at the end of the list. */
export function stepped(ids: readonly string[], id: string, step: -1 | 1): IMove | null {
  const place = ids.indexOf(id);
  const target = place + step;
  if (place < 0 || target < 0 || target >= ids.length) {
    return null;
  }
  return { id, before: ids[step < 0 ? target : target + 1] ?? null };
}

/** The move that takes one to the gap before place `gap` of the others; `null` when it is there already. */
export function dropped(ids: readonly string[], id: string, gap: number): IMove | null {
  const rest = ids.filter(each => each !== id);
  return gap === ids.indexOf(id) ? null : { id, before: rest[gap] ?? null };
}

/**
 * An order that the server keeps and several windows change.
 *
 * Moves of this window show at once and lie over what the server tells, until it has told their result.
 */
export class SharedOrder {
  /** As a person sees it. */
  get ids(): readonly string[] {
    return this._moves.reduce<readonly string[]>(moved, this._ids);
  }

  /** The server's order was read or told; what it does not name follows. */
  set(ids: readonly string[]): void {
    const named = new Set(ids);
    this._ids = [...ids, ...this._ids.filter(each => !named.has(each))];
    const told = ids.join();
    this._moves = this._moves.filter(move => move.answer !== told);
    this._moves.filter(move => move.sent).forEach(move => move.told.add(told));
  }

  /** The server's order was read anew: nothing is waited for. */
  reset(ids: readonly string[]): void {
    this._ids = ids;
    this._moves = this._moves.filter(move => move.answer === null);
  }

  add(id: string): void {
    if (!this._ids.includes(id)) {
      this._ids = [...this._ids, id];
    }
  }

  remove(id: string): void {
    this._ids = this._ids.filter(each => each !== id);
  }

  /** Show a move. One that still waits takes the place of an earlier one of the same thing. */
  move(move: IMove): void {
    const last = this._moves.at(-1);
    if (last && !last.sent && last.id === move.id) {
      last.before = move.before;
    } else {
      this._moves.push({ ...move, sent: false, answer: null, told: new Set() });
    }
  }

  /** The next move to send, which is on its way from now on. */
  next(): IMove | null {
    const move = this._moves.find(each => !each.sent);
    if (move) {
      move.sent = true;
    }
    return move ?? null;
  }

  /** The server did the move; `following`: it will also tell so, in order with what others do. */
  answered(move: IMove, ids: readonly string[], following: boolean): void {
    const pending = this._moves.find(each => each === move);
    const answer = ids.join();
    if (pending && following && !pending.told.has(answer)) {
      pending.answer = answer;
      return;
    }
    this.failed(move);
    if (!following) {
      this.set(ids);
    }
  }

  /** The move was not done: what is shown goes back. */
  failed(move: IMove): void {
    this._moves = this._moves.filter(each => each !== move);
  }

  private _ids: readonly string[] = [];
  private _moves: IPendingMove[] = [];
}
