import { stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { telling } from '../../chats/dialogs';
import { Button } from '../../components/button';
import { warningIcon } from '../../components/icons';
import { duration } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { IInterruptedEntry, ILimitEntry, IStoppedEntry } from '../../models/entries';
import { useModel } from '../../models/observable';
import { useConversation } from '../context';
import { editLast } from '../editlast';

/** A run that was interrupted. */
export function Interrupted({ entry }: { entry: IInterruptedEntry }): React.JSX.Element {
  const trans = useTrans();
  const what =
    entry.by === 'system'
      ? trans.__('The run was cancelled.')
      : entry.afterMs === null
        ? trans.__('You interrupted.')
        : trans.__('You interrupted after %1.', duration(trans, entry.afterMs));
  return (
    <div className="jps-Notice" data-block tabIndex={-1}>
      <stopIcon.react tag="span" className="jps-Icon jps-mod-small" />
      <span>
        {what}
        {entry.by === 'user' && entry.ended && ` ${trans.__('The run is cancelled.')}`}
      </span>
    </div>
  );
}

/** After an interrupt: the ways on, as buttons. */
export function Stopped({ entry }: { entry: IStoppedEntry }): React.JSX.Element | null {
  const trans = useTrans();
  const { model, models, notebook } = useConversation();
  useModel(model);
  const offline = useModel(models).find(model.session?.model ?? null)?.kind === 'offline';
  const [busy, setBusy] = React.useState(false);
  const goOn = async () => {
    setBusy(true);
    await telling(() => model.acts.send(trans.__('Go on from here.'), { notebook: notebook() }));
    setBusy(false);
  };
  return model.isBusy || entry.depth || !model.isOpen(entry.key, true) ? null : (
    <div className="jps-Actions" role="group" data-block tabIndex={-1} aria-label={trans.__('How to go on')}>
      {!offline && (
        <Button disabled={busy} onClick={() => void goOn()}>
          {trans.__('Go on from here')}
        </Button>
      )}
      <Button disabled={busy} onClick={() => editLast(model)}>
        {trans.__('Edit and run again')}
      </Button>
      <Button onClick={() => model.setOpen(entry.key, false)}>{trans.__('Leave it')}</Button>
    </div>
  );
}

/** The agent nears its limit of steps, or has reached it. */
export function Limit({ entry }: { entry: ILimitEntry }): React.JSX.Element {
  const trans = useTrans();
  const reached = entry.iteration >= entry.limit;
  const Icon = reached ? stopIcon : warningIcon;
  return (
    <div className="jps-Notice jps-mod-plain" data-block tabIndex={-1}>
      <Icon.react tag="span" className="jps-Icon jps-mod-small" />
      <span>
        {reached
          ? trans.__('Step %1 of %2. It goes on when you answer.', entry.iteration, entry.limit)
          : trans.__(
              'Step %1 of %2. The agent was told to wrap up and ask you.',
              entry.iteration,
              entry.limit
            )}
      </span>
    </div>
  );
}
