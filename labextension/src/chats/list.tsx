import * as React from 'react';

import type { Session } from '../api/schema';
import { openMenu } from '../components/menu';
import { useNow } from '../components/now';
import { useTrans } from '../components/trans';
import { telling } from './dialogs';
import { useModel } from '../models/observable';
import type { SessionsModel } from '../models/sessions';
import { DeleteQuestion, Row } from './row';

interface IListProps {
  sessions: SessionsModel;
  /** Session whose tab was last current. */
  current: string | null;
  onOpen(session: Session, beside: boolean): void;
  onRemoved(session: Session): void;
}

/** The sessions of a project: a grid with one stop in the tab order. */
export function SessionList({ sessions, current, onOpen, onRemoved }: IListProps): React.JSX.Element {
  const trans = useTrans();
  useModel(sessions);
  const now = useNow(30_000);
  const grid = React.useRef<HTMLDivElement>(null);
  const typed = React.useRef({ text: '', at: 0 });
  const [activeId, setActive] = React.useState<string | null>(null);
  const [editing, setEditing] = React.useState<string | null>(null);
  const [asking, setAsking] = React.useState<string | null>(null);
  const { items } = sessions;
  const stale = sessions.staleSince !== null;
  const active = items.find(each => each.id === (activeId ?? current)) ?? items[0];

  const focus = (id: string | undefined) => {
    if (id) {
      setActive(id);
      grid.current?.querySelector<HTMLElement>(`[data-id="${id}"]`)?.focus();
    }
  };
  const rename = (session: Session, name: string | null) => {
    setEditing(null);
    window.requestAnimationFrame(() => focus(session.id));
    if (name !== null && name !== session.name) {
      void telling(() => sessions.update(session.id, { name }));
    }
  };
  const remove = (session: Session, yes: boolean) => {
    setAsking(null);
    const place = items.indexOf(session);
    const next = items[place + 1] ?? items[place - 1];
    window.requestAnimationFrame(() => focus(yes ? next?.id : session.id));
    if (yes) {
      void telling(async () => {
        await sessions.remove(session.id);
        onRemoved(session);
      });
    }
  };
  const menu = (session: Session, at: { x: number; y: number }) =>
    openMenu(
      [
        { label: trans.__('Open'), execute: () => onOpen(session, false) },
        { label: trans.__('Open to the Side'), execute: () => onOpen(session, true) },
        null,
        { label: trans.__('Rename…'), disabled: stale, execute: () => setEditing(session.id) },
        { label: trans.__('Delete…'), disabled: stale, execute: () => setAsking(session.id) }
      ],
      at
    );

  const onKeyDown = (event: React.KeyboardEvent) => {
    const id = (event.target as HTMLElement).closest<HTMLElement>('[data-id]')?.dataset.id;
    const place = items.findIndex(each => each.id === id);
    const session = items[place];
    if (!session || event.altKey || event.metaKey) {
      return;
    }
    const act = keyActions(items, place, {
      open: () => onOpen(session, event.ctrlKey),
      edit: () => !stale && setEditing(session.id),
      ask: () => !stale && setAsking(session.id),
      focus
    })[event.key];
    if (act) {
      act();
    } else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey) {
      focus(typeAhead(typed.current, event.key, items, place)?.id);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={grid}
      role="grid"
      aria-label={trans.__('Sessions')}
      aria-rowcount={items.length}
      className="jps-List"
      onKeyDown={onKeyDown}
      onFocus={event => {
        const id = (event.target as HTMLElement).dataset.id;
        if (id) {
          setActive(id);
        }
      }}
      onContextMenu={event => {
        const id = (event.target as HTMLElement).closest<HTMLElement>('[data-id]')?.dataset.id;
        const session = items.find(each => each.id === id);
        if (session) {
          event.preventDefault();
          event.stopPropagation();
          const rect = event.currentTarget.getBoundingClientRect();
          // From the keyboard the point is not that of a pointer.
          menu(
            session,
            event.button === 2
              ? { x: event.clientX, y: event.clientY }
              : { x: rect.left + 24, y: event.clientY }
          );
        }
      }}
    >
      {items.map((session, index) => (
        <React.Fragment key={session.id}>
          <Row
            session={session}
            index={index}
            stale={stale}
            current={session.id === current}
            active={session === active}
            editing={session.id === editing}
            now={now}
            onOpen={beside => onOpen(session, beside)}
            onEdit={() => setEditing(session.id)}
            onRename={name => rename(session, name)}
          />
          {session.id === asking && <DeleteQuestion session={session} onDone={yes => remove(session, yes)} />}
        </React.Fragment>
      ))}
    </div>
  );
}

function keyActions(
  items: readonly Session[],
  place: number,
  to: { open(): void; edit(): void; ask(): void; focus(id: string | undefined): void }
): Record<string, (() => void) | undefined> {
  return {
    Enter: to.open,
    ' ': to.open,
    F2: to.edit,
    Delete: to.ask,
    ArrowDown: () => to.focus(items[place + 1]?.id),
    ArrowUp: () => to.focus(items[place - 1]?.id),
    Home: () => to.focus(items[0]?.id),
    End: () => to.focus(items.at(-1)?.id)
  };
}

/** The next session whose name begins with what was typed within half a second. */
function typeAhead(
  typed: { text: string; at: number },
  key: string,
  items: readonly Session[],
  place: number
): Session | undefined {
  typed.text = Date.now() - typed.at < 500 ? typed.text + key.toLocaleLowerCase() : key.toLocaleLowerCase();
  typed.at = Date.now();
  const from = typed.text.length > 1 ? place : place + 1;
  const turned = [...items.slice(from), ...items.slice(0, from)];
  return turned.find(each => each.name.toLocaleLowerCase().startsWith(typed.text));
}
