import { caretDownIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { telling } from '../../chats/dialogs';
import { Button } from '../../components/button';
import { ErrorMark } from '../../components/marks';
import { clock, fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { IFailureEntry } from '../../models/entries';
import { useConversation } from '../context';
import { pickModel } from '../picker';

/** A run that failed: what happened, what is kept, and the way on. */
export function Failure({ entry }: { entry: IFailureEntry }): React.JSX.Element {
  const trans = useTrans();
  const { model, models, notebook } = useConversation();
  const [busy, setBusy] = React.useState(false);
  const again = async (other: string | null) => {
    setBusy(true);
    await telling(() => model.acts.retry(entry.runId ?? '', notebook(), other));
    setBusy(false);
  };
  return (
    <div
      className="jps-Card jps-mod-error"
      role="group"
      aria-label={titleOf(trans, entry.error.code)}
      data-block
      tabIndex={-1}
    >
      <div className="jps-Card-head">
        <ErrorMark />
        <span className="jps-Card-title">{titleOf(trans, entry.error.code)}</span>
        <span className="jps-Card-time" title={fullTime(entry.ts)}>
          {clock(entry.ts)}
        </span>
      </div>
      <div className="jps-Card-body">
        <p>
          {entry.error.message}
          {entry.error.code !== 'server_stopped' &&
            ` ${trans.__('Your message and all changes of the run are kept.')}`}
        </p>
        {!entry.depth && (
          <div className="jps-Actions">
            <Button look="primary" icon={refreshIcon} disabled={busy} onClick={() => void again(null)}>
              {trans.__('Try again')}
            </Button>
            <Button
              aria-haspopup="menu"
              disabled={busy}
              onClick={event => pickModel(trans, models, null, id => void again(id), event.currentTarget)}
            >
              {trans.__('Use another model')}
              <caretDownIcon.react tag="span" className="jps-Icon jps-mod-small" />
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

function titleOf(trans: TranslationBundle, code: string): string {
  switch (code) {
    case 'server_stopped':
      return trans.__('The server stopped during this run');
    case 'auth':
      return trans.__('The model refused the key');
    case 'rate_limit':
      return trans.__('The model is busy');
    case 'timeout':
    case 'connection':
    case 'overloaded':
      return trans.__('The model did not answer');
    default:
      return trans.__('The run failed');
  }
}
