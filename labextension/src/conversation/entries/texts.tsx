import * as React from 'react';

import { pinIcon } from '../../components/icons';
import { clock, fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { IAgentEntry, IUserEntry } from '../../models/entries';
import { useModel } from '../../models/observable';
import { useConversation } from '../context';
import { EditBox } from '../editbox';
import { Overlay } from '../overlay';
import { Prose } from '../prose';
import { partsOf } from './parts';

/** What a person wrote: as it was typed, or while it is edited. */
export function UserText({ entry }: { entry: IUserEntry }): React.JSX.Element {
  const trans = useTrans();
  const { model, notebook, focusComposer } = useConversation();
  const { editing } = useModel(model);
  const block = React.useRef<HTMLDivElement>(null);
  return (
    <div
      ref={block}
      className="jps-User"
      role="article"
      data-block
      tabIndex={-1}
      aria-label={trans.__('You, %1', clock(entry.ts))}
      title={fullTime(entry.ts)}
    >
      {editing?.key === entry.key ? (
        <EditBox
          editing={editing}
          label={trans.__('Message, edited')}
          act={trans.__('Run again')}
          hint={trans.__('What came after it stays in the log. Notebooks and files stay as they are.')}
          onDone={text => model.acts.send(text, { replaces: entry.seq, notebook: notebook() })}
          onLeft={done => (done ? focusComposer() : block.current?.focus())}
        />
      ) : (
        <>
          <Marks entry={entry} />
          <Typed text={entry.text} />
          <Overlay entry={entry} />
        </>
      )}
    </div>
  );
}

const Typed = React.memo(function Typed({ text }: { text: string }): React.JSX.Element {
  return (
    <div className="jps-User-text">
      {partsOf(text).map((part, index) =>
        part.code ? (
          <pre key={index} className="jps-User-code">
            {part.text}
          </pre>
        ) : (
          <span key={index}>{part.text}</span>
        )
      )}
    </div>
  );
});

/** What the agent wrote: Markdown on the plain page. */
export const AgentText = React.memo(function AgentText({ entry }: { entry: IAgentEntry }): React.JSX.Element {
  const trans = useTrans();
  return (
    <div
      className="jps-Agent"
      role="article"
      data-block
      tabIndex={-1}
      aria-label={trans.__('Agent, %1', clock(entry.ts))}
    >
      <Marks entry={entry} />
      <Prose id={entry.key} text={entry.text} streaming={entry.streaming} />
      {!entry.streaming && <Overlay entry={entry} />}
    </div>
  );
});

/** How a message came, and that it is kept. */
function Marks({ entry }: { entry: IUserEntry | IAgentEntry }): React.JSX.Element | null {
  const trans = useTrans();
  const steers = entry.kind === 'user' && entry.steers;
  return entry.pinned || steers ? (
    <div className="jps-Marks">
      {steers && (
        <span title={trans.__('It came while the run was at work, and was taken in at a step.')}>
          {trans.__('Steered')}
        </span>
      )}
      {entry.pinned && (
        <span title={trans.__('No summary drops it.')}>
          <pinIcon.react tag="span" className="jps-Icon jps-mod-small" />
          {trans.__('Pinned')}
        </span>
      )}
    </div>
  ) : null;
}
