import type { Session } from '../api/schema';
import { ARCHIVED } from './state';

/** Milliseconds after which typing begins anew. */
const PAUSE = 500;

/** What the keyboard does in the list of sessions. */
export interface IListKeys {
  open(beside: boolean): void;
  rename(): void;
  ask(): void;
  fold(open?: boolean): void;
  move(step: -1 | 1): void;
  focus(id: string | undefined): void;
}

/** What a key does at the row `id` of the rows `ids`, if anything. */
export function keyAction(
  event: { key: string; altKey: boolean; ctrlKey: boolean; metaKey: boolean },
  ids: readonly string[],
  id: string,
  to: IListKeys
): (() => void) | undefined {
  if (event.metaKey) {
    return undefined;
  }
  if (event.altKey) {
    return { ArrowUp: () => to.move(-1), ArrowDown: () => to.move(1) }[event.key];
  }
  const place = ids.indexOf(id);
  const walk: Record<string, () => void> = {
    ArrowDown: () => to.focus(ids[place + 1]),
    ArrowUp: () => to.focus(ids[place - 1]),
    Home: () => to.focus(ids[0]),
    End: () => to.focus(ids.at(-1))
  };
  const here: Record<string, () => void> =
    id === ARCHIVED
      ? {
          Enter: () => to.fold(),
          ' ': () => to.fold(),
          ArrowRight: () => to.fold(true),
          ArrowLeft: () => to.fold(false)
        }
      : {
          Enter: () => to.open(event.ctrlKey),
          ' ': () => to.open(event.ctrlKey),
          F2: to.rename,
          Delete: to.ask
        };
  return here[event.key] ?? walk[event.key];
}

/** The next session whose name begins with what was typed within half a second. */
export class TypeAhead {
  /** The last letter was typed just now: a space is one more. */
  get going(): boolean {
    return Date.now() - this._at < PAUSE;
  }

  find(key: string, items: readonly Session[], from: string): Session | undefined {
    this._text = (this.going ? this._text : '') + key.toLocaleLowerCase();
    this._at = Date.now();
    const place = items.findIndex(each => each.id === from);
    const start = this._text.length > 1 ? Math.max(0, place) : place + 1;
    const turned = [...items.slice(start), ...items.slice(0, start)];
    return turned.find(each => each.name.toLocaleLowerCase().startsWith(this._text));
  }

  private _text = '';
  private _at = 0;
}
