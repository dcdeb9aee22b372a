import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Dependency, Session } from '../api/schema';
import { telling } from '../chats/dialogs';
import { Button } from '../components/button';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import type { SessionsModel } from '../models/sessions';
import { useConversation } from './context';

/** How the session stands to others: it cannot start yet, what it was given is old, it is archived. */
export function Standing(): React.JSX.Element | null {
  const { model } = useConversation();
  useModel(model);
  const { session } = model;
  if (!session) {
    return null;
  }
  const blocking = blockersOf(session);
  const moved = session.started ? session.dependencies.filter(each => each.moved_on) : [];
  return (
    <>
      {session.archived_at !== null && <Archived session={session} />}
      {blocking.length > 0 && <Blocked blocking={blocking} />}
      {moved.length > 0 && <MovedOn moved={moved} />}
    </>
  );
}

/** Dependencies that keep a session from its start. */
export function blockersOf(session: Session): Dependency[] {
  return session.started ? [] : session.dependencies.filter(each => each.state !== 'met');
}

/** Why a session cannot start: one sentence. */
export function whyBlocked(trans: TranslationBundle, blocking: readonly Dependency[]): string {
  const never = blocking.find(each => each.state === 'contradicted' || each.state === 'gone');
  if (never?.state === 'gone') {
    return trans.__('Cannot start: “%1”, which it needs, was deleted.', never.name);
  }
  if (never) {
    const { name, field, actual, value } = never;
    return trans.__(
      'Cannot start: %1 decided %2 = %3, this session needs %4.',
      name,
      field ?? '',
      said(trans, actual),
      said(trans, value)
    );
  }
  const needs = blocking.map(each =>
    each.kind === 'decided'
      ? trans.__('%1 (%2 = %3)', each.name, each.field ?? '', said(trans, each.value))
      : each.name
  );
  return trans.__('Cannot start yet: needs %1', new Intl.ListFormat().format(needs));
}

function said(trans: TranslationBundle, value: unknown): string {
  if (typeof value === 'boolean') {
    return value ? trans.__('yes') : trans.__('no');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function Blocked({ blocking }: { blocking: readonly Dependency[] }): React.JSX.Element {
  const trans = useTrans();
  const { openSession } = useConversation();
  return (
    <div className="jps-Standing" role="status">
      <p>{whyBlocked(trans, blocking)}</p>
      <div className="jps-Actions">
        {blocking
          .filter(each => each.state !== 'gone')
          .map(each => (
            <Button
              key={`${each.session_id}-${each.field}`}
              onClick={() => openSession(each.session_id, null)}
            >
              {trans.__('Open %1', each.name)}
            </Button>
          ))}
      </div>
    </div>
  );
}

function MovedOn({ moved }: { moved: readonly Dependency[] }): React.JSX.Element | null {
  const trans = useTrans();
  const { model, openSession } = useConversation();
  const sessions = useModel(model.sessions);
  const [busy, setBusy] = React.useState(false);
  const [later, setLater] = React.useState('');
  const text = moved.map(each => howItMoved(trans, sessions, each)).join(' ');
  const again = moved.some(each => each.state === 'met');
  if (later === text) {
    return null;
  }
  const importAgain = async () => {
    setBusy(true);
    await telling(() => model.acts.importAgain());
    setBusy(false);
  };
  return (
    <div className="jps-Standing" role="status">
      <p>{text}</p>
      <div className="jps-Actions">
        {again && (
          <Button look="primary" disabled={busy} onClick={() => void importAgain()}>
            {trans.__('Import again')}
          </Button>
        )}
        {moved.map(each => (
          <Button key={each.session_id} onClick={() => openSession(each.session_id, null)}>
            {trans.__('Open %1', each.name)}
          </Button>
        ))}
        <span className="jps-Spring" />
        <Button look="flat" onClick={() => setLater(text)}>
          {trans.__('Not now')}
        </Button>
      </div>
    </div>
  );
}

function howItMoved(trans: TranslationBundle, sessions: SessionsModel, moved: Dependency): string {
  const { name, state, field, actual, value } = moved;
  return state === 'contradicted'
    ? trans.__(
        '%1 has moved on since: it decided %2 = %3, this session was started on %4.',
        name,
        field ?? '',
        said(trans, actual),
        said(trans, value)
      )
    : trans.__('%1 has moved on since: %2.', name, has(trans, sessions, moved));
}

/** What an upstream session has by now. */
function has(trans: TranslationBundle, sessions: SessionsModel, { session_id }: Dependency): string {
  const upstream = sessions.get(session_id);
  const count = upstream?.key_result_count ?? 0;
  const results = trans._n('%1 key result', '%1 key results', count);
  if (count === 0) {
    return upstream?.decided ? trans.__('now a decision') : trans.__('its results were taken back');
  }
  return upstream?.decided ? trans.__('now %1 and a decision', results) : trans.__('now %1', results);
}

function Archived({ session }: { session: Session }): React.JSX.Element {
  const trans = useTrans();
  const { model } = useConversation();
  return (
    <div className="jps-Standing" role="status">
      <p>{trans.__('This session is archived. Restore it to go on.')}</p>
      <div className="jps-Actions">
        <Button onClick={() => void telling(() => model.sessions.update(session.id, { archived: false }))}>
          {trans.__('Restore')}
        </Button>
      </div>
    </div>
  );
}
