import { stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { warningIcon } from '../../components/icons';
import { duration } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { IInterruptedEntry, ILimitEntry } from '../../models/entries';

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
