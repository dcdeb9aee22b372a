import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import * as React from 'react';

import type { ResultOrigin } from '../../api/schema';
import { openMenu } from '../../components/menu';
import { useTrans } from '../../components/trans';
import { callKey } from '../../models/calls';
import type { Entry } from '../../models/entries';
import { useConversation } from '../context';

/** A link to the cell that a result came from: scrolls its notebook when it is open, else offers to open it. */
export function CellLink({ origin }: { origin: ResultOrigin }): React.JSX.Element {
  const trans = useTrans();
  const { showCell, open, model } = useConversation();
  const name = PathExt.basename(origin.notebook);
  const branch = branchOf(model.entries, origin);
  const go = async (at: HTMLElement) => {
    const state = await showCell(origin.notebook, origin.cell_id, branch);
    if (state === 'gone') {
      Notification.info(trans.__('This cell is not in %1 any more.', name), { autoClose: 4000 });
    } else if (state === 'closed') {
      openMenu([{ label: trans.__('Open %1', name), execute: () => open(origin.notebook, branch) }], at);
    }
  };
  const count = origin.execution_count;
  return (
    <button
      type="button"
      className="jps-ResultLink"
      title={origin.notebook}
      onClick={event => void go(event.currentTarget)}
    >
      {count === null ? trans.__('cell') : trans.__('cell [%1]', count)}
    </button>
  );
}

/** Branch that the cell ran on, where the log that is loaded tells. */
function branchOf(entries: readonly Entry[], { run_id, call_id }: ResultOrigin): string | null {
  const id = call_id === null ? null : callKey(run_id, call_id);
  const calls = entries.flatMap(entry => (entry.kind === 'calls' ? entry.calls : []));
  return calls.find(call => call.id === id)?.branch ?? null;
}
