import * as React from 'react';

import { Button } from '../../components/button';
import { useTrans } from '../../components/trans';
import type { CellContents } from './contents';

/** Why an output is not there, and the way to read it again. */
export function Unread(props: { contents: CellContents; reason: string }): React.JSX.Element {
  const { contents, reason } = props;
  const trans = useTrans();
  return (
    <div className="jps-mod-muted" role="status">
      {trans.__('The output cannot be read: %1', reason)}{' '}
      <Button look="flat" onClick={() => contents.retry()}>
        {trans.__('Try again')}
      </Button>
    </div>
  );
}
