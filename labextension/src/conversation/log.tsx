import { moveDownIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { TransContext } from '../components/trans';
import type { Entry } from '../models/entries';
import type { ConversationModel, ITarget } from '../models/conversation';
import { Items, showFound } from './items';
import { LogKeys } from './keys';
import { Heights, type IAnchor, type IRange } from './windowing';

/** Pixels shown above and below the view. */
const MORE = 600;
/** The view follows the end when it is not further away than this. */
const NEAR = 24;
/** Pixels above a place that was asked for. */
const ABOVE = 48;
/** Entries that may be shown without need. */
const SPARE = 20;
/** Renderings in a row, after which the next frame is waited for. */
const ROUNDS = 10;

interface ILogProps {
  model: ConversationModel;
  entries: readonly Entry[];
  render(entry: Entry): React.JSX.Element;
  onEscape(): void;
}

interface ILogState extends IRange {
  /** The end is out of sight. */
  away: boolean;
  /** Something was added since. */
  more: boolean;
}

/** The log: only what is in view is in the document, and what a person reads does not move. */
export class LogView extends React.Component<ILogProps, ILogState> {
  static override contextType = TransContext;
  declare context: React.ContextType<typeof TransContext>;

  override state: ILogState = { start: 0, end: 0, away: false, more: false };

  constructor(props: ILogProps) {
    super(props);
    const { anchor } = props.model.place.value;
    this._layout();
    if (anchor) {
      const entry = props.entries.findLast(each => each.seq <= anchor.seq) ?? props.entries[0];
      this._anchor = entry ? { key: entry.key, offset: anchor.offset } : null;
      this._follow = !entry;
    }
    this.state = { ...this._guess(), away: !this._follow, more: false };
  }

  override componentDidMount(): void {
    const { model } = this.props;
    if (this._scroller) {
      this._items.watch(this._scroller);
    }
    model.acts.sent.connect(this._onSent, this);
    model.jumped.connect(this._onJump, this);
    if (model.target) {
      this._onJump(model, model.target);
    } else {
      this._settle();
    }
  }

  override componentDidUpdate(before: ILogProps): void {
    if (before.entries !== this.props.entries) {
      this._rounds = 0;
    }
    if (before.entries !== this.props.entries && !this._follow && !this.state.more) {
      const last = this.props.entries.at(-1);
      if (last && last.key !== before.entries.at(-1)?.key) {
        this.setState({ more: true });
      }
    }
    if (this._focused && document.activeElement === document.body) {
      // The block that had the focus was scrolled out.
      this._scroller?.focus({ preventScroll: true });
    }
    this._settle();
  }

  override componentWillUnmount(): void {
    const { model } = this.props;
    window.cancelAnimationFrame(this._later);
    model.acts.sent.disconnect(this._onSent, this);
    model.jumped.disconnect(this._onJump, this);
    this._items.disconnect();
  }

  override render(): React.JSX.Element {
    const trans = this.context;
    this._layout();
    const { entries } = this.props;
    const end = Math.min(this.state.end, entries.length);
    const start = Math.min(this.state.start, end);
    return (
      <div className="jps-LogFrame">
        <div
          ref={scroller => {
            this._scroller = scroller;
          }}
          className="jps-Log"
          role="log"
          aria-live="off"
          aria-label={trans.__('Conversation')}
          data-part="log"
          tabIndex={0}
          onScroll={() => this._onScroll()}
          onWheel={this._onTouch}
          onTouchMove={this._onTouch}
          onPointerDown={this._onTouch}
          onPointerMove={event => event.buttons > 0 && this._onTouch()}
          onKeyDown={event => {
            this._onTouch();
            this._keys.onKeyDown(event);
          }}
          onFocus={() => {
            this._focused = true;
          }}
          onBlur={() => {
            this._focused = false;
          }}
          onClick={event => this._onClick(event)}
        >
          <div
            ref={spacer => {
              this._above = spacer;
            }}
          />
          {entries.slice(start, end).map(entry => (
            <div
              key={entry.key}
              data-key={entry.key}
              className={`jps-Entry jps-mod-${entry.kind}${entry.depth ? ' jps-mod-old' : ''}`}
              ref={this._items.ref(entry.key)}
            >
              {this.props.render(entry)}
            </div>
          ))}
          <div
            ref={spacer => {
              this._below = spacer;
            }}
          />
        </div>
        {this.state.away && (
          <button type="button" className="jps-Below" onClick={() => void this._toEnd()}>
            <moveDownIcon.react tag="span" className="jps-Icon jps-mod-small" />
            {this.state.more ? trans.__('New below') : trans.__('To the end')}
          </button>
        )}
      </div>
    );
  }

  private _layout(): void {
    if (this._laidOut !== this.props.entries) {
      this._laidOut = this.props.entries;
      this._heights.layout(this.props.entries.map(entry => entry.key));
    }
  }

  /** Range for the first paint, before anything is measured. */
  private _guess(): IRange {
    const height = window.innerHeight;
    const end = this._heights.total - height;
    return this._heights.range((this._anchor && this._heights.topOf(this._anchor)) ?? end, height, MORE);
  }

  /** Measure what is shown, put the view where it belongs, show what is in it. */
  private _settle(): void {
    const scroller = this._scroller;
    if (!scroller || scroller.clientHeight === 0) {
      return;
    }
    this._items.measure(this._heights);
    this._space();
    const end = scroller.scrollHeight - scroller.clientHeight;
    const top = this._follow
      ? end
      : ((this._anchor && this._heights.topOf(this._anchor)) ?? scroller.scrollTop);
    if (Math.abs(scroller.scrollTop - top) > 0.5) {
      scroller.scrollTop = top;
    }
    this._placed = scroller.scrollTop;
    this._laid = layoutOf(scroller);
    this._show();
    this._land();
  }

  private _space(): void {
    const { entries } = this.props;
    const end = Math.min(this.state.end, entries.length);
    const start = Math.min(this.state.start, end);
    if (this._above && this._below) {
      this._above.style.height = `${this._heights.top(start)}px`;
      this._below.style.height = `${this._heights.total - this._heights.top(end)}px`;
    }
  }

  private _show(): void {
    const scroller = this._scroller;
    if (!scroller) {
      return;
    }
    const { start, end } = this._wanted(scroller);
    const away = !this._follow && (this._distance() > NEAR || this.props.model.hasAfter);
    if (start !== this.state.start || end !== this.state.end || away !== this.state.away) {
      this._rounds += 1;
      if (this._rounds > ROUNDS) {
        // Heights do not settle in this frame: go on in the next one.
        this._settleLater();
        return;
      }
      this.setState(({ more }) => ({ start, end, away, more: away && more }));
    }
    this._loadMore(scroller);
  }

  /** The entries to show; those that are shown stay as long as they are enough. */
  private _wanted(scroller: HTMLElement): IRange {
    const { scrollTop, clientHeight } = scroller;
    const least = this._heights.range(scrollTop, clientHeight, MORE / 2);
    const best = this._heights.range(scrollTop, clientHeight, MORE);
    const { start, end } = this.state;
    const enough = start <= least.start && end >= least.end && end <= this.props.entries.length;
    return enough && end - start <= best.end - best.start + SPARE ? { start, end } : best;
  }

  private _settleLater(): void {
    if (!this._later) {
      this._later = window.requestAnimationFrame(() => {
        this._later = 0;
        this._rounds = 0;
        this._settle();
      });
    }
  }

  private _loadMore(scroller: HTMLElement): void {
    const { model } = this.props;
    if (model.hasBefore && scroller.scrollTop < MORE) {
      this._pin();
      void model.loadBefore();
    } else if (model.hasAfter && this._distance() < MORE) {
      this._pin();
      void model.loadAfter();
    }
  }

  /** Hold on to the entry at the upper edge, unless the end is followed. */
  private _pin(): void {
    if (this._scroller && !this._follow) {
      this._anchor = this._heights.anchorAt(this._scroller.scrollTop);
    }
  }

  private _onTouch = (): void => {
    this._touched = performance.now();
  };

  private _onScroll(): void {
    this._rounds = 0;
    const scroller = this._scroller;
    if (!scroller || scroller.clientHeight === 0 || Math.abs(scroller.scrollTop - this._placed) <= 1) {
      return;
    }
    if (layoutOf(scroller) !== this._laid && performance.now() - this._touched > 250) {
      // Nobody scrolled: something has grown or shrunk.
      this._settle();
      return;
    }
    this._placed = scroller.scrollTop;
    this._follow = this._distance() <= NEAR && !this.props.model.hasAfter;
    this._anchor = this._heights.anchorAt(scroller.scrollTop);
    this._remember();
    this._show();
  }

  private _remember(): void {
    const anchor = this._anchor;
    const entry = anchor ? this.props.entries[this._heights.indexOf(anchor.key)] : undefined;
    const away = !this._follow && anchor && entry;
    this.props.model.place.set({ anchor: away ? { seq: entry.seq, offset: anchor.offset } : null });
  }

  /** What is folded or unfolded stays under the pointer: the end is not followed for it. */
  private _onClick(event: React.MouseEvent): void {
    if ((event.target as HTMLElement).closest('[aria-expanded], [data-grows]') && this._scroller) {
      this._follow = false;
      this._anchor = this._heights.anchorAt(this._scroller.scrollTop);
      window.requestAnimationFrame(() => {
        this._settle();
        this._follow = this._distance() <= NEAR && !this.props.model.hasAfter;
        this._show();
      });
    }
  }

  private async _toEnd(): Promise<void> {
    await this.props.model.loadEnd();
    this._follow = true;
    this._anchor = null;
    this.props.model.place.set({ anchor: null });
    this._settle();
    this.setState({ away: false, more: false });
  }

  /** A place was asked for: it comes to the upper part of the view. */
  private _onJump(_: ConversationModel, target: ITarget): void {
    this._jump = target;
    this._follow = false;
    this._anchor = { key: target.key, offset: -ABOVE };
    this._rounds = 0;
    this._settle();
  }

  /** The place that was asked for is in the document: mark it. */
  private _land(): void {
    const item = this._jump && this._items.get(this._jump.key);
    if (this._jump && item) {
      const { found } = this._jump;
      this.props.model.reached(this._jump);
      this._jump = null;
      if (found) {
        showFound(item);
      }
      this._remember();
    }
  }

  private _onSent(): void {
    void this._toEnd();
  }

  private _distance(): number {
    const scroller = this._scroller;
    return scroller ? scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop : 0;
  }

  private _scroller: HTMLDivElement | null = null;
  private _above: HTMLDivElement | null = null;
  private _below: HTMLDivElement | null = null;
  private _jump: ITarget | null = null;
  private _heights = new Heights();
  private _laidOut: readonly Entry[] | null = null;
  private _anchor: IAnchor | null = null;
  private _follow = true;
  private _placed = 0;
  private _rounds = 0;
  private _later = 0;
  private _laid = '';
  private _touched = 0;
  private _focused = false;
  private _items = new Items(() => {
    this._rounds = 0;
    this._settle();
  });
  private _keys = new LogKeys(
    () => this._scroller,
    () => this.props.onEscape(),
    () => void this._toEnd()
  );
}

function layoutOf(scroller: HTMLElement): string {
  return `${scroller.scrollHeight} ${scroller.clientHeight}`;
}
