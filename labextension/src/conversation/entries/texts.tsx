import { copyIcon } from '@jupyterlab/ui-components';
import { Clipboard } from '@jupyterlab/apputils';
import * as React from 'react';

import { IconButton } from '../../components/button';
import { clock, fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { IAgentEntry, IUserEntry } from '../../models/entries';
import { Prose } from '../prose';
import { partsOf } from './parts';

/** What a person wrote: as it was typed. */
export const UserText = React.memo(function UserText({ entry }: { entry: IUserEntry }): React.JSX.Element {
  const trans = useTrans();
  return (
    <div
      className="jps-User"
      data-block
      tabIndex={-1}
      aria-label={trans.__('You, %1', clock(entry.ts))}
      title={fullTime(entry.ts)}
    >
      <div className="jps-User-text">
        {partsOf(entry.text).map((part, index) =>
          part.code ? (
            <pre key={index} className="jps-User-code">
              {part.text}
            </pre>
          ) : (
            <span key={index}>{part.text}</span>
          )
        )}
      </div>
      <div className="jps-Overlay">
        <IconButton
          icon={copyIcon}
          label={trans.__('Copy')}
          onClick={() => Clipboard.copyToSystem(entry.text)}
        />
      </div>
    </div>
  );
});

/** What the agent wrote: Markdown on the plain page. */
export const AgentText = React.memo(function AgentText({ entry }: { entry: IAgentEntry }): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Agent" data-block tabIndex={-1} aria-label={trans.__('Agent, %1', clock(entry.ts))}>
      <Prose id={entry.key} text={entry.text} streaming={entry.streaming} />
      {!entry.streaming && (
        <div className="jps-Overlay">
          <IconButton
            icon={copyIcon}
            label={trans.__('Copy')}
            onClick={() => Clipboard.copyToSystem(entry.text)}
          />
        </div>
      )}
    </div>
  );
});
