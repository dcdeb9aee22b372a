import { caretDownIcon, caretRightIcon, editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Session } from '../api/schema';
import { Glyph } from '../components/glyph';
import { gripIcon } from '../components/icons';
import { PreferredMark, StateMark } from '../components/marks';
import { fullTime } from '../components/times';
import { NameField } from '../components/nameField';
import { useTrans } from '../components/trans';
import { line2, markOf } from './line2';
import { ARCHIVED } from './state';

interface IRowProps {
  session: Session;
  index: number;
  /** Its upper edge in the list. */
  top: number;
  stale: boolean;
  /** Its tab was last current. */
  current: boolean;
  /** The one stop in the tab order. */
  active: boolean;
  lifted: boolean;
  now: number;
  /** Its name is edited in place: called with the new one, or with null. */
  /** `byKey`: the focus is free. */
  onRename?(name: string | null, byKey: boolean): void;
}

/**
 * A session in the list: name with state, and a second line; grip and pencil on hover and focus.
 *
 * The list acts on clicks: `data-id` names the session, `data-act` what is pressed.
 */
export const Row = React.memo(function Row(props: IRowProps): React.JSX.Element {
  const { session, index, top, stale, current, active, lifted, now, onRename } = props;
  const trans = useTrans();
  const mark = markOf(session, stale);
  const label = trans.__('Edit %1', session.name);
  const second = line2(trans, session, stale, now);
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      aria-selected={current}
      data-id={session.id}
      tabIndex={active ? 0 : -1}
      className={classes('jps-Row', { current, stale, lifted })}
      style={{ transform: `translateY(${top}px)` }}
      title={onRename ? undefined : `${session.name}\n${second}\n${fullTime(session.updated_at)}`}
    >
      {!stale && !session.archived_at && (
        <span className="jps-Row-grip" data-act="move" aria-hidden="true">
          <Glyph icon={gripIcon} />
        </span>
      )}
      <div role="gridcell" className="jps-Row-main">
        <div className="jps-Row-name">
          {onRename ? (
            <NameField
              label={trans.__('Name')}
              value={session.name}
              onDone={(name, byKey) => onRename(name?.trim() || null, byKey)}
            />
          ) : (
            <>
              <span className="jps-Row-text">{session.name}</span>
              {session.preferred && <PreferredMark />}
              {mark && <StateMark mark={mark} />}
            </>
          )}
        </div>
        <div className="jps-Row-line2">{second}</div>
      </div>
      {!stale && !onRename && (
        <div role="gridcell" className="jps-Row-act">
          <button
            type="button"
            className="jps-IconButton"
            title={label}
            aria-label={label}
            tabIndex={-1}
            data-act="edit"
          >
            <Glyph icon={editIcon} />
          </button>
        </div>
      )}
    </div>
  );
});

interface IHeadingProps {
  count: number;
  index: number;
  top: number;
  open: boolean;
  active: boolean;
}

/** The line above the archived sessions, which folds them. */
export function Heading({ count, index, top, open, active }: IHeadingProps): React.JSX.Element {
  const trans = useTrans();
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      aria-expanded={open}
      data-id={ARCHIVED}
      tabIndex={active ? 0 : -1}
      className="jps-Row-heading"
      style={{ transform: `translateY(${top}px)` }}
    >
      <div role="gridcell">
        <Caret.react tag="span" className="jps-Icon jps-mod-small" />
        <span className="jps-Row-caption">{trans.__('Archived')}</span> {count}
      </div>
    </div>
  );
}

function classes(base: string, on: Record<string, boolean>): string {
  return [base, ...Object.keys(on).flatMap(name => (on[name] ? `jps-mod-${name}` : []))].join(' ');
}
