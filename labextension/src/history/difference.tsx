import * as React from 'react';

import { Button } from '../components/button';
import { differsIcon } from '../components/icons';
import { CommandIDs } from '../commands';
import { useTrans } from '../components/trans';
import type { IHistoryParts } from './acts';

interface IDifferenceProps {
  parts: IHistoryParts;
  project: string;
  notebook: string;
  from: string;
  to: string;
}

/** What differs between two states of a notebook. */
export function Difference({ parts, ...args }: IDifferenceProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <p className="jps-Pane-note">
      <Button
        icon={differsIcon}
        onClick={() => void parts.app.commands.execute(CommandIDs.diff, { ...args })}
      >
        {trans.__('Show the difference')}
      </Button>
    </p>
  );
}
