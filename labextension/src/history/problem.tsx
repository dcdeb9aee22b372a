import { refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Button } from '../components/button';
import { ErrorMark } from '../components/marks';
import { useTrans } from '../components/trans';

interface ICannotReadProps {
  /** "Versions cannot be read" */
  what: string;
  /** What the server said; empty when it does not answer. */
  reason: string;
  /** What is shown below is what was read before. */
  kept: boolean;
  onRetry(): void;
}

/** A list cannot be read now. */
export function CannotRead({ what, reason, kept, onRetry }: ICannotReadProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Card jps-mod-error jps-Problem" role="status">
      <div className="jps-Card-title">
        <ErrorMark />
        {reason ? what : trans.__('Server not reachable')}
      </div>
      <p>
        {[
          reason || trans.__('It does not answer. Running sessions go on.'),
          kept ? trans.__('What you see is what was read before.') : ''
        ]
          .filter(Boolean)
          .join(' ')}
      </p>
      <div className="jps-Actions">
        <Button icon={refreshIcon} onClick={onRetry}>
          {trans.__('Try again')}
        </Button>
      </div>
    </div>
  );
}
