import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Session } from '../api/schema';
import { line2, markOf } from '../chats/line2';
import { telling } from '../chats/dialogs';
import { Button } from '../components/button';
import { diamondEmptyIcon, diamondIcon } from '../components/icons';
import { StateMark } from '../components/marks';
import { fullTime } from '../components/times';
import { useTrans } from '../components/trans';

interface IHeadProps {
  /** `undefined` when it was deleted. */
  session: Session | undefined;
  stale: boolean;
  now: number;
  onOpen(): void;
  onPrefer(preferred: boolean): Promise<void>;
}

/** The head of a column: name with state, and whether this one is preferred. */
export function ColumnHead(props: IHeadProps): React.JSX.Element {
  const { session, stale, now } = props;
  const trans = useTrans();
  if (!session) {
    return (
      <div role="columnheader" className="jps-Compare-head">
        <span className="jps-mod-muted">{trans.__('This session was deleted.')}</span>
      </div>
    );
  }
  const mark = markOf(session, stale);
  return (
    <div role="columnheader" className="jps-Compare-head">
      <div className="jps-Row-name">
        <button
          type="button"
          className="jps-Compare-name jps-Row-text"
          title={trans.__('Open “%1”', session.name)}
          onClick={props.onOpen}
        >
          {session.name}
        </button>
        {mark && <StateMark mark={mark} />}
      </div>
      <div className="jps-Row-line2" title={fullTime(session.updated_at)}>
        {stateText(trans, session, stale, now)}
      </div>
      <Prefer session={session} stale={stale} onPrefer={props.onPrefer} />
    </div>
  );
}

/** One button, that stays where it is: it marks this session, and takes the mark back. */
function Prefer(props: {
  session: Session;
  stale: boolean;
  onPrefer: IHeadProps['onPrefer'];
}): React.JSX.Element {
  const { session, stale, onPrefer } = props;
  const { preferred, name } = session;
  const trans = useTrans();
  const [busy, setBusy] = React.useState(false);
  const act = async () => {
    if (!busy) {
      setBusy(true);
      await telling(() => onPrefer(!preferred));
      setBusy(false);
    }
  };
  const label = preferred ? trans.__('Preferred') : trans.__('Prefer this one');
  return (
    <Button
      icon={preferred ? diamondIcon : diamondEmptyIcon}
      className={preferred ? 'jps-Compare-preferred' : ''}
      aria-label={`${label}: ${name}`}
      aria-disabled={busy}
      disabled={stale}
      title={
        preferred
          ? trans.__('Its results are marked in the list of sessions. Press to take the mark back.')
          : trans.__('Mark its results as those to go on with; the others here lose the mark')
      }
      onClick={() => void act()}
    >
      {label}
    </Button>
  );
}

function stateText(trans: TranslationBundle, session: Session, stale: boolean, now: number): string {
  const archived = session.archived_at === null ? [] : [trans.__('Archived')];
  return [...archived, line2(trans, session, stale, now)].join(' · ');
}
