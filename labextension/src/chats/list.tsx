import * as React from 'react';

import type { Session } from '../api/schema';
import { useNow } from '../components/now';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import { RowDrag } from './drag';
import { keyAction, TypeAhead } from './keys';
import { NameConflict, NotSaved } from './notices';
import { Heading, Row } from './row';
import { countOf, ROW, topOf } from './rows';
import { useScrolling } from './scrolling';
import { ARCHIVED, type ListState } from './state';

interface IListProps {
  state: ListState;
  /** Session whose tab was last current. */
  current: string | null;
  onOpen(session: Session, beside: boolean): void;
  /** Open the edit panel; `ask`: at its question whether to delete. */
  onEdit(session: Session, ask: boolean): void;
  onMenu(session: Session, at: { x: number; y: number }): void;
}

/** The sessions of a project: a grid with one stop in the tab order, of which only what is in view is drawn. */
export function SessionList(props: IListProps): React.JSX.Element {
  const { state, current } = props;
  const trans = useTrans();
  const { sessions } = useModel(state);
  useModel(sessions);
  const now = useNow(30_000);
  const grid = React.useRef<HTMLDivElement>(null);
  const { ids, layout, lifted, renaming } = state;
  const stop = state.stop(ids, current);
  const { range, onScroll, reveal } = useScrolling(grid, layout, state);
  const onBlur = useFocus(grid, state, ids, stop, reveal);
  const handlers = useHandlers(grid, props);
  return (
    <>
      <ListNotice state={state} />
      <div
        ref={grid}
        role="grid"
        aria-label={trans.__('Sessions')}
        aria-rowcount={ids.length}
        className={`jps-List${lifted ? ' jps-mod-dragging' : ''}`}
        onScroll={onScroll}
        onBlur={onBlur}
        onFocus={event => idAt(event.target) && state.focused(idAt(event.target))}
        {...handlers}
      >
        <div role="rowgroup" className="jps-List-rows" style={{ height: topOf(layout, countOf(layout)) }}>
          {state.rows(range, [stop, renaming?.id]).map(row => (
            <Row
              key={row.session.id}
              {...row}
              stale={state.stale}
              current={row.session.id === current}
              active={row.session.id === stop}
              now={now}
              onRename={
                renaming?.id === row.session.id
                  ? (name, byKey) => void state.rename(renaming, name, byKey)
                  : undefined
              }
            />
          ))}
          {layout.heading && (
            <Heading
              count={sessions.archived.length}
              index={sessions.active.length}
              top={topOf(layout, layout.sessions)}
              open={state.open}
              active={stop === ARCHIVED}
            />
          )}
          {lifted && <div className="jps-List-place" style={{ top: lifted.gap * ROW }} aria-hidden="true" />}
        </div>
      </div>
      <div role="status" className="jps-Unseen">
        {state.said}
      </div>
    </>
  );
}

/** What could not be saved, and what two windows changed at once. */
function ListNotice({ state }: { state: ListState }): React.JSX.Element | null {
  const { notice } = state;
  switch (notice?.kind) {
    case 'order': {
      const { move, reason } = notice;
      const again = move ? () => void state.move(move) : undefined;
      return <NotSaved reason={reason} onAgain={again} onClose={() => state.dismiss()} />;
    }
    case 'name':
      return (
        <NameConflict
          mine={notice.mine}
          theirs={notice.theirs}
          onMine={() => state.settle(notice, true)}
          onTheirs={() => state.settle(notice, false)}
        />
      );
    case undefined:
      return null;
  }
}

/** Bring the focus to the tab stop when it is wanted there, or when the row that had it is gone. */
function useFocus(
  grid: React.RefObject<HTMLElement | null>,
  state: ListState,
  ids: readonly string[],
  stop: string | undefined,
  reveal: (index: number) => void
): () => void {
  // Index of the row that has the focus. Nothing is told when its element goes, or moves.
  const had = React.useRef<number | null>(null);
  React.useLayoutEffect(() => {
    if (stop !== undefined && state.takeFocus()) {
      reveal(ids.indexOf(stop));
      if (!state.renaming) {
        grid.current?.querySelector<HTMLElement>(`[data-id="${stop}"]`)?.focus({ preventScroll: true });
      }
    } else if (had.current !== null && document.activeElement === document.body) {
      state.focus(ids[Math.min(had.current, ids.length - 1)]);
    }
    const focused = grid.current?.contains(document.activeElement) ? document.activeElement : null;
    had.current = focused && ids.indexOf(idAt(focused));
  });
  return () => {
    had.current = null;
  };
}

/** Clicks, keys and the grip: one of each for all rows. */
function useHandlers(
  grid: React.RefObject<HTMLElement | null>,
  { state, onOpen, onEdit, onMenu }: IListProps
): React.HTMLAttributes<HTMLElement> {
  const typed = React.useRef(new TypeAhead());
  const { sessions, stale } = state;
  return {
    onKeyDown: event => {
      const id = idAt(event.target);
      const session = sessions.get(id);
      const { ids } = state;
      const act = keyAction(event, ids, id, {
        open: beside => session && onOpen(session, beside),
        rename: () => session && !stale && state.edit(session),
        ask: () => session && !stale && onEdit(session, true),
        fold: open => state.fold(open),
        move: by => session && state.step(session, by),
        focus: next => state.focus(next)
      });
      const spelled = event.key === ' ' && typed.current.going;
      if (act && !spelled) {
        act();
      } else if (isLetter(event)) {
        state.focus(typed.current.find(event.key, state.shown, id)?.id);
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    },
    onClick: event => {
      const id = idAt(event.target);
      const session = sessions.get(id);
      const act = actAt(event.target);
      if (id === ARCHIVED) {
        state.fold();
      } else if (session && act === 'edit') {
        onEdit(session, false);
      } else if (session && act !== 'move' && state.renaming?.id !== id) {
        onOpen(session, event.ctrlKey || event.metaKey);
      }
    },
    onPointerDown: event => {
      const id = idAt(event.target);
      if (grid.current && event.button === 0 && actAt(event.target) === 'move') {
        const top = topOf(state.layout, state.ids.indexOf(id));
        new RowDrag(grid.current, state, id, top, event);
      }
    },
    onContextMenu: event => {
      const row = (event.target as HTMLElement).closest<HTMLElement>('[data-id]');
      const session = sessions.get(row?.dataset.id ?? '');
      if (row && session) {
        event.preventDefault();
        event.stopPropagation();
        const { left, bottom } = row.getBoundingClientRect();
        // From the keyboard the point is not that of a pointer.
        onMenu(
          session,
          event.button === 2 ? { x: event.clientX, y: event.clientY } : { x: left + 18, y: bottom }
        );
      }
    }
  };
}

function isLetter(event: React.KeyboardEvent): boolean {
  return event.key.length === 1 && !event.altKey && !event.ctrlKey && !event.metaKey;
}

/** Id of the row that something lies in. */
function idAt(target: EventTarget): string {
  return (target as HTMLElement).closest<HTMLElement>('[data-id]')?.dataset.id ?? '';
}

/** What is pressed in a row. */
function actAt(target: EventTarget): string | undefined {
  return (target as HTMLElement).closest<HTMLElement>('[data-act]')?.dataset.act;
}
