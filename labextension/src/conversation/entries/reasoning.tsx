import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { duration } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { IReasoningEntry } from '../../models/entries';
import { useModel } from '../../models/observable';
import { useConversation } from '../context';

/** What the model thought, folded. */
export function Reasoning({ entry }: { entry: IReasoningEntry }): React.JSX.Element {
  const trans = useTrans();
  const model = useModel(useConversation().model);
  const open = model.isOpen(entry.key, false);
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <div className="jps-Reasoning">
      <button
        type="button"
        className="jps-Reasoning-head"
        data-block
        tabIndex={-1}
        aria-expanded={open}
        onClick={() => model.setOpen(entry.key, !open)}
      >
        <Caret.react tag="span" className="jps-Icon jps-mod-small" />
        {entry.streaming
          ? trans.__('Thinking…')
          : entry.durationMs >= 500
            ? trans.__('Thought for %1', duration(trans, entry.durationMs))
            : trans.__('Thought')}
      </button>
      {open && <div className="jps-Reasoning-text">{entry.text}</div>}
    </div>
  );
}
