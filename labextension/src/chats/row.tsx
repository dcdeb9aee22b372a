import { editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Session } from '../api/schema';
import { Button, IconButton } from '../components/button';
import { StateMark } from '../components/marks';
import { fullTime } from '../components/times';
import { useTrans } from '../components/trans';
import { line2, markOf } from './line2';

interface IRowProps {
  session: Session;
  index: number;
  stale: boolean;
  /** Its tab was last current. */
  current: boolean;
  /** The one stop in the tab order. */
  active: boolean;
  editing: boolean;
  now: number;
  onOpen(beside: boolean): void;
  onEdit(): void;
  onRename(name: string | null): void;
}

/** A session in the list: name with state, and a second line. */
export const Row = React.memo(function Row(props: IRowProps): React.JSX.Element {
  const { session, index, stale, current, active, editing, now } = props;
  const trans = useTrans();
  const mark = markOf(session, stale);
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      aria-selected={current}
      data-id={session.id}
      tabIndex={active ? 0 : -1}
      className={`jps-Row${current ? ' jps-mod-current' : ''}${stale ? ' jps-mod-stale' : ''}`}
      title={editing ? undefined : `${session.name}\n${fullTime(session.updated_at)}`}
      onClick={event => !editing && props.onOpen(event.ctrlKey || event.metaKey)}
    >
      <div role="gridcell" className="jps-Row-main">
        <div className="jps-Row-name">
          {editing ? (
            <NameField name={session.name} onDone={props.onRename} />
          ) : (
            <>
              <span className="jps-Row-text">{session.name}</span>
              {mark && <StateMark mark={mark} />}
            </>
          )}
        </div>
        <div className="jps-Row-line2">{line2(trans, session, stale, now)}</div>
      </div>
      {!stale && !editing && (
        <div role="gridcell" className="jps-Row-act">
          <IconButton
            icon={editIcon}
            label={trans.__('Rename %1', session.name)}
            tabIndex={-1}
            onClick={event => {
              event.stopPropagation();
              props.onEdit();
            }}
          />
        </div>
      )}
    </div>
  );
});

function NameField(props: { name: string; onDone(name: string | null): void }): React.JSX.Element {
  const trans = useTrans();
  const done = React.useRef(false);
  const finish = (name: string | null) => {
    if (!done.current) {
      done.current = true;
      props.onDone(name?.trim() ? name.trim() : null);
    }
  };
  return (
    <input
      className="jps-Row-field"
      defaultValue={props.name}
      aria-label={trans.__('Name')}
      maxLength={200}
      ref={field => {
        if (field && field !== document.activeElement) {
          field.focus();
          field.select();
        }
      }}
      onClick={event => event.stopPropagation()}
      onBlur={event => finish(event.target.value)}
      onKeyDown={event => {
        event.stopPropagation();
        if (event.key === 'Enter') {
          finish(event.currentTarget.value);
        } else if (event.key === 'Escape') {
          finish(null);
        }
      }}
    />
  );
}

/** Asks in place whether a session is to be deleted. */
export function DeleteQuestion(props: { session: Session; onDone(yes: boolean): void }): React.JSX.Element {
  const trans = useTrans();
  return (
    <div role="row">
      <div
        role="gridcell"
        className="jps-Card jps-mod-error jps-Row-question"
        onKeyDown={event => {
          event.stopPropagation();
          if (event.key === 'Escape') {
            props.onDone(false);
          }
        }}
      >
        <div className="jps-Card-title">{trans.__('Delete “%1”?', props.session.name)}</div>
        <p>{trans.__('Its log goes too. Notebooks and files stay as they are.')}</p>
        <div className="jps-Actions">
          <Button look="danger" onClick={() => props.onDone(true)}>
            {trans.__('Delete session')}
          </Button>
          <Button ref={focusOnce} onClick={() => props.onDone(false)}>
            {trans.__('Keep it')}
          </Button>
        </div>
      </div>
    </div>
  );
}

function focusOnce(button: HTMLButtonElement | null): void {
  button?.focus();
}
