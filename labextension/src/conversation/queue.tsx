import { closeIcon, editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { telling } from '../chats/dialogs';
import { IconButton } from '../components/button';
import { useTrans } from '../components/trans';
import type { IQueued } from '../models/entries';
import { useModel } from '../models/observable';
import { useConversation } from './context';

/** Messages that wait for their turn, in order. */
export function Queue({ onEdit }: { onEdit(text: string): void }): React.JSX.Element | null {
  const trans = useTrans();
  const { model } = useConversation();
  const { queue } = useModel(model);
  const edit = async (message: IQueued) => {
    await telling(async () => {
      await model.withdraw(message.runId);
      onEdit(message.text);
    });
  };
  return queue.length > 0 ? (
    <div className="jps-Queue" role="list" aria-label={trans.__('Messages that wait')} data-part="queue">
      {queue.map((message, index) => (
        <div key={message.runId} role="listitem" className="jps-Queued" title={message.text}>
          <span className="jps-mod-muted">{index === 0 ? trans.__('Next') : index + 1}</span>
          <span className="jps-Queued-text">{message.text}</span>
          <IconButton
            icon={editIcon}
            label={trans.__('Take back and edit')}
            onClick={() => void edit(message)}
          />
          <IconButton
            icon={closeIcon}
            label={trans.__('Remove')}
            onClick={() => void telling(() => model.withdraw(message.runId))}
          />
        </div>
      ))}
    </div>
  ) : null;
}
