import { addIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Session } from '../api/schema';
import { line2, markOf } from '../chats/line2';
import { Button } from '../components/button';
import { compareIcon } from '../components/icons';
import { PreferredMark, StateMark } from '../components/marks';
import { useNow } from '../components/now';
import { fullTime } from '../components/times';
import { useTrans } from '../components/trans';

interface ISessionsProps {
  sessions: readonly Session[];
  loaded: boolean;
  stale: boolean;
  onOpen(session: string): void;
  onNew(): void;
  onCompare(): void;
}

/** The project's sessions, in the order of the Chats tab. */
export function Sessions(props: ISessionsProps): React.JSX.Element {
  const trans = useTrans();
  const now = useNow(30_000);
  const [all, setAll] = React.useState(false);
  const live = props.sessions.filter(each => each.archived_at === null);
  const archived = props.sessions.length - live.length;
  const shown = all ? live : live.slice(0, FIRST);
  return (
    <section>
      <div className="jps-Form-label">
        <h2>{trans.__('Sessions')}</h2>
        <span className="jps-mod-muted jps-Project-count">
          {[
            props.loaded ? live.length.toLocaleString() : '',
            archived > 0 ? trans.__('%1 archived', archived.toLocaleString()) : ''
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
        {props.sessions.length > 1 && (
          <Button icon={compareIcon} className="jps-mod-tall" onClick={props.onCompare}>
            {trans.__('Compare…')}
          </Button>
        )}
        <Button icon={addIcon} className="jps-mod-tall" onClick={props.onNew}>
          {trans.__('New Session')}
        </Button>
      </div>
      {!props.loaded ? (
        <div className="jps-Bars" aria-hidden="true">
          <div />
          <div />
        </div>
      ) : live.length === 0 ? (
        <p className="jps-mod-muted">
          {trans.__('No sessions yet. A session is a conversation with an agent that works in this project.')}
        </p>
      ) : (
        <ol className="jps-Box jps-Project-sessions">
          {shown.map(session => {
            const mark = markOf(session, props.stale);
            return (
              <li key={session.id}>
                <button
                  type="button"
                  title={`${session.name}\n${fullTime(session.updated_at)}`}
                  onClick={() => props.onOpen(session.id)}
                >
                  <span className="jps-Row-name">
                    <span className="jps-Row-text">{session.name}</span>
                    {session.preferred && <PreferredMark />}
                    {mark && <StateMark mark={mark} />}
                  </span>
                  <span className="jps-Row-line2">{line2(trans, session, props.stale, now)}</span>
                </button>
              </li>
            );
          })}
        </ol>
      )}
      {live.length > shown.length && (
        <Button look="flat" onClick={() => setAll(true)}>
          {trans.__('Show all %1', live.length.toLocaleString())}
        </Button>
      )}
    </section>
  );
}

/** More than these are shown when asked for. */
const FIRST = 50;
