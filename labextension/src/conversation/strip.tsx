import { stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { telling } from '../chats/dialogs';
import { Button } from '../components/button';
import { ErrorMark, Ring } from '../components/marks';
import { useNow } from '../components/now';
import { duration } from '../components/times';
import { useTrans } from '../components/trans';
import type { IActiveRun } from '../models/entries';
import { useModel } from '../models/observable';
import { useConversation } from './context';
import { priceText, usageText } from './usage';

/** The run that goes on, and the button that stops it. */
export function Strip(): React.JSX.Element | null {
  const { model } = useConversation();
  const { run } = useModel(model);
  if (run && model.sessions.staleSince !== null) {
    return <Unknown />;
  }
  return run && <Running key={run.id} run={run} />;
}

/** A run was going on when the server was heard last. */
function Unknown(): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Strip">
      <ErrorMark />
      <span className="jps-Strip-text">
        {trans.__('Server not reachable.')}{' '}
        <span className="jps-mod-muted">{trans.__('The state of the run is not known.')}</span>
      </span>
    </div>
  );
}

function Running({ run }: { run: IActiveRun }): React.JSX.Element {
  const trans = useTrans();
  const { model } = useConversation();
  const [pressed, setPressed] = React.useState(false);
  const stopping = pressed || run.interrupt !== null;
  const interrupt = (kernel: boolean) => {
    setPressed(true);
    void telling(() => model.acts.interrupt(kernel).then(() => true)).then(told => {
      if (!told) {
        setPressed(false);
      }
    });
  };
  return (
    <div className="jps-Strip">
      <Ring />
      <span className="jps-Strip-text">
        {stopping ? trans.__('Stopping after this step…') : <What run={run} />}
      </span>
      {stopping ? (
        model.cellRuns &&
        !run.interrupt?.kernel && (
          <Button icon={stopIcon} onClick={() => interrupt(true)}>
            {trans.__('Stop the cell too')}
          </Button>
        )
      ) : (
        <Button icon={stopIcon} onClick={() => interrupt(false)}>
          {trans.__('Interrupt')}
        </Button>
      )}
    </div>
  );
}

function What({ run }: { run: IActiveRun }): React.JSX.Element {
  const trans = useTrans();
  const { model } = useConversation();
  const now = useNow(1000);
  const { retrying } = model.tail;
  if (retrying) {
    const seconds = Math.max(0, Math.ceil((Date.parse(retrying.at) - now) / 1000));
    return (
      <>
        {firstSentence(retrying.message)}{' '}
        {trans.__('Trying again in %1 s (%2 of %3)', seconds, retrying.attempt, retrying.attempts)}
      </>
    );
  }
  const passed = duration(trans, Math.max(0, now + 999 - Date.parse(run.startedAt)));
  return (
    <>
      {trans.__('Thinking…')}{' '}
      <span className="jps-mod-muted">
        {passed}
        {run.limit !== null && (
          <span className="jps-Strip-step">
            {` · ${trans.__('step %1 of %2', run.iteration, run.limit)}`}
          </span>
        )}
      </span>
    </>
  );
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text;
}

/** Below the composer, always: what to keep in mind, and the time that the agent has worked. */
export function Foot(): React.JSX.Element {
  const trans = useTrans();
  const { session, run } = useModel(useConversation().model);
  const now = useNow(1000, run !== null);
  const ms = (session?.processing_ms ?? 0) + (run ? Math.max(0, now - Date.parse(run.startedAt)) : 0);
  const cost = session && usageText(trans, session.usage) ? priceText(trans, session.usage) : '';
  return (
    <div className="jps-Foot">
      {trans.__('AI can make mistakes. Check important results')}{' '}
      <span title={trans.__('Time that the agent has worked in this session')}>· {duration(trans, ms)}</span>
      {session && cost && <span title={usageText(trans, session.usage)}> · {cost}</span>}
    </div>
  );
}
