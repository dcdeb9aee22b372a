import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ApiError } from '../api/request';
import type { Session } from '../api/schema';
import { Button } from '../components/button';
import { useTrans } from '../components/trans';
import { messageOf } from '../models/projects';
import type { SessionsModel } from '../models/sessions';
import { focusOnce } from './notices';

interface IDeletionProps {
  sessions: SessionsModel;
  session: Session;
  onKeep(): void;
  onRemoved(): void;
}

/** Asks in place whether a session is to be deleted, and names those that depend on it. */
export function DeleteQuestion({ sessions, session, onKeep, onRemoved }: IDeletionProps): React.JSX.Element {
  const trans = useTrans();
  const [problem, setProblem] = React.useState<string | null>(null);
  const [busy, setBusy] = React.useState(false);
  const dependents = sessions.dependents(session.id);
  const id = React.useId();
  const remove = async () => {
    setBusy(true);
    try {
      // Forced only over what was named here: a dependency that was added meanwhile is a conflict.
      await sessions.remove(session.id, dependents.length > 0);
      onRemoved();
    } catch (error) {
      setBusy(false);
      // Its dependents are in the list by now, and named above.
      setProblem(error instanceof ApiError && error.details.dependents ? null : messageOf(error));
    }
  };
  return (
    <div
      ref={node => node?.scrollIntoView({ block: 'nearest' })}
      className="jps-Card jps-mod-error"
      role="alertdialog"
      aria-labelledby={id}
      aria-describedby={`${id}-text`}
    >
      <div id={id} className="jps-Card-title">
        {trans.__('Delete this session?')}
      </div>
      <p id={`${id}-text`}>{warning(trans, session, dependents)}</p>
      {problem !== null && <p role="alert">{problem}</p>}
      <div className="jps-Actions">
        <Button look="danger" disabled={busy} onClick={() => void remove()}>
          {trans.__('Delete session')}
        </Button>
        <Button ref={focusOnce} onClick={onKeep}>
          {trans.__('Keep it')}
        </Button>
      </div>
    </div>
  );
}

/** What is lost: "Model and Segment depend on it. They keep their logs but lose this context." */
export function warning(trans: TranslationBundle, session: Session, dependents: readonly Session[]): string {
  const { key_result_count: results } = session;
  return [
    dependents.length === 0
      ? trans.__('Its log goes too. Notebooks and files stay as they are.')
      : trans._n(
          '%2 depends on it. It keeps its log but loses this context.',
          '%2 depend on it. They keep their logs but lose this context.',
          dependents.length,
          listed(
            trans,
            dependents.map(each => each.name)
          )
        ),
    results > 0 ? trans._n('Its key result goes too.', 'Its %1 key results go too.', results) : ''
  ]
    .filter(Boolean)
    .join(' ');
}

/** "A", "A and B", "A, B and C", "A, B and 5 more". */
function listed(trans: TranslationBundle, names: readonly string[]): string {
  const shown = names.length > 4 ? names.slice(0, 3) : names.slice(0, -1);
  const last = names.length > 4 ? trans.__('%1 more', names.length - 3) : (names.at(-1) ?? '');
  return shown.length === 0 ? last : trans.__('%1 and %2', shown.join(', '), last);
}
