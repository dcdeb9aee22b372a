import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { type Mark, StateMark } from '../../components/marks';
import { useNow } from '../../components/now';
import { duration, fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { ICall, ICallsEntry } from '../../models/entries';
import { useModel } from '../../models/observable';
import { useConversation } from '../context';
import { noteOf, objectOf, verbOf } from '../verbs';
import { CallBody } from './call';

/** The calls of one response of the model: one box. */
export function Calls({ entry }: { entry: ICallsEntry }): React.JSX.Element {
  const trans = useTrans();
  const calls = entry.calls.filter(call => !call.hidden);
  return (
    <div className="jps-Calls">
      {calls.length > 1 && (
        <div className="jps-Calls-caption">
          <span>{trans._n('%1 call', '%1 calls in parallel', calls.length)}</span>
          {entry.wallMs !== null && <span>{duration(trans, entry.wallMs, true)}</span>}
        </div>
      )}
      {calls.map(call => (
        <CallRow key={call.id} call={call} />
      ))}
    </div>
  );
}

const MARKS: Record<ICall['status'], Mark> = {
  waits: 'waits',
  running: 'running',
  ok: 'ok',
  error: 'error',
  refused: 'error',
  unknown: 'unknown'
};

function CallRow({ call }: { call: ICall }): React.JSX.Element {
  const trans = useTrans();
  const model = useModel(useConversation().model);
  const failed = call.status === 'error';
  const open = model.isOpen(call.id, failed);
  const Caret = open ? caretDownIcon : caretRightIcon;
  const note = noteOf(trans, call);
  return (
    <div className="jps-Call">
      <button
        type="button"
        className="jps-Call-row"
        data-block
        tabIndex={-1}
        aria-expanded={open}
        title={`${objectOf(call)}\n${fullTime(call.ts)}`}
        onClick={() => model.setOpen(call.id, !open)}
      >
        <Caret.react tag="span" className="jps-Icon jps-mod-small" />
        <span className="jps-Call-verb">{verbOf(trans, call)}</span>
        <code className="jps-Call-object">{objectOf(call)}</code>
        <span className="jps-Call-note">
          {note}
          {call.status === 'running' && <Seconds since={call.ts} />}
          {(call.status === 'ok' || (failed && !call.summary)) && (
            <span className="jps-Call-time">{duration(trans, call.durationMs, true)}</span>
          )}
        </span>
        <StateMark mark={MARKS[call.status]} />
      </button>
      {open && <CallBody call={call} />}
    </div>
  );
}

function Seconds({ since }: { since: string }): React.JSX.Element {
  const trans = useTrans();
  const passed = useNow(1000) - Date.parse(since);
  return <>{passed >= 1000 && duration(trans, passed)}</>;
}
