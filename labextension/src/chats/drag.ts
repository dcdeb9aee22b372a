import { gapAt, type ILayout, ROW } from './rows';

/** Pixels that a pointer moves before a row is lifted. */
const THRESHOLD = 4;
/** Within this distance of an edge the list scrolls by itself. */
const EDGE = 32;
/** Pixels a frame, at the edge itself. */
const SPEED = 12;

/** A row that is lifted out of the list. */
export interface ILifted {
  readonly id: string;
  /** Its upper edge, in pixels from the top of the list. */
  readonly top: number;
  /** The gap between the others that it would drop into. */
  readonly gap: number;
}

/** Shows what is dragged, and takes the drop. */
interface IDropTarget {
  /** The list without the row that is lifted. */
  readonly layout: ILayout;
  lift(lifted: ILifted | null): void;
  drop(lifted: ILifted): void;
}

/** One drag of a row by its grip, from the press of the pointer to its release; Escape ends it without a drop. */
export class RowDrag {
  constructor(
    private readonly _scroller: HTMLElement,
    private readonly _target: IDropTarget,
    private readonly _id: string,
    top: number,
    { clientY, pointerId }: { clientY: number; pointerId: number }
  ) {
    this._begun = this._y = clientY;
    this._grabbed = this._content(clientY) - top;
    this._pointer = pointerId;
    window.addEventListener('pointermove', this._onMove);
    window.addEventListener('pointerup', this._onUp);
    window.addEventListener('pointercancel', this._end);
    window.addEventListener('blur', this._end);
    window.addEventListener('keydown', this._onKey, true);
  }

  private readonly _onMove = (event: PointerEvent): void => {
    if (event.pointerId !== this._pointer) {
      return;
    }
    this._y = event.clientY;
    if (!this._frame && Math.abs(this._y - this._begun) >= THRESHOLD) {
      this._scroller.setPointerCapture(this._pointer);
      this._follow();
    }
  };

  private readonly _onUp = (event: PointerEvent): void => {
    if (event.pointerId !== this._pointer) {
      return;
    }
    if (this._frame) {
      this._y = event.clientY;
      const lifted = this._lifted();
      window.addEventListener('click', swallow, { capture: true, once: true });
      window.setTimeout(() => window.removeEventListener('click', swallow, true), 0);
      this._end();
      this._target.drop(lifted);
    } else {
      this._end();
    }
  };

  private readonly _onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      swallow(event);
      this._end();
    }
  };

  /** Draw the row where the pointer is, once a frame; near an edge the list scrolls on. */
  private readonly _follow = (): void => {
    const scroller = this._scroller;
    const { top, bottom } = scroller.getBoundingClientRect();
    const over = Math.min(0, this._y - top - EDGE) + Math.max(0, this._y - bottom + EDGE);
    scroller.scrollTop += SPEED * Math.max(-1, Math.min(1, over / EDGE));
    this._target.lift(this._lifted());
    this._frame = window.requestAnimationFrame(this._follow);
  };

  private readonly _end = (): void => {
    window.cancelAnimationFrame(this._frame);
    window.removeEventListener('pointermove', this._onMove);
    window.removeEventListener('pointerup', this._onUp);
    window.removeEventListener('pointercancel', this._end);
    window.removeEventListener('blur', this._end);
    window.removeEventListener('keydown', this._onKey, true);
    this._target.lift(null);
  };

  private _lifted(): ILifted {
    const y = this._content(this._y);
    const { layout } = this._target;
    const top = Math.max(-ROW / 2, Math.min(y - this._grabbed, layout.sessions * ROW + ROW / 2));
    return { id: this._id, top, gap: gapAt(layout, y - this._grabbed) };
  }

  /** A height of the window as one of the list. */
  private _content(clientY: number): number {
    const scroller = this._scroller;
    return clientY - scroller.getBoundingClientRect().top + scroller.scrollTop;
  }

  private _begun: number;
  private _y: number;
  private _grabbed: number;
  private _pointer: number;
  private _frame = 0;
}

function swallow(event: globalThis.Event): void {
  event.preventDefault();
  event.stopPropagation();
}
