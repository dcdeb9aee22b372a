import { Clipboard } from '@jupyterlab/apputils';
import { copyIcon, editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { telling } from '../chats/dialogs';
import { IconButton } from '../components/button';
import { branchIcon, pinIcon } from '../components/icons';
import { useTrans } from '../components/trans';
import type { IAgentEntry, IUserEntry } from '../models/entries';
import { useModel } from '../models/observable';
import { useConversation } from './context';

/** What can be done with a message: shown while it is hovered or has the focus. */
export function Overlay({ entry }: { entry: IUserEntry | IAgentEntry }): React.JSX.Element {
  const trans = useTrans();
  const { model, openSession } = useConversation();
  useModel(model);
  const earlier = (entry.depth ?? 0) > 0;
  const fork = async () => {
    const session = await model.acts.fork(entry.seq);
    openSession(session.id, null);
  };
  return (
    <div className="jps-Overlay" role="toolbar" aria-label={trans.__('Message')}>
      {entry.kind === 'user' && !earlier && (
        <IconButton
          icon={editIcon}
          label={
            model.isBusy
              ? trans.__('Edit and run again: possible once the run has ended')
              : trans.__('Edit and run again')
          }
          disabled={model.isBusy}
          onClick={() => {
            model.editing = { key: entry.key, text: entry.text };
          }}
        />
      )}
      <IconButton
        icon={branchIcon}
        label={trans.__('Fork session from here')}
        onClick={() => void telling(fork)}
      />
      {!earlier && (
        <IconButton
          icon={pinIcon}
          label={entry.pinned ? trans.__('Unpin') : trans.__('Pin: no summary drops it')}
          aria-pressed={entry.pinned}
          onClick={() => void telling(() => model.acts.pin(entry.seq, !entry.pinned))}
        />
      )}
      <IconButton
        icon={copyIcon}
        label={trans.__('Copy')}
        onClick={() => Clipboard.copyToSystem(entry.text)}
      />
    </div>
  );
}
