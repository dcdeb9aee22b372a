import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import * as React from 'react';

import type { ResultOrigin } from '../../api/schema';
import { openMenu } from '../../components/menu';
import { useTrans } from '../../components/trans';
import { MAIN } from '../../models/branches';
import { useConversation } from '../context';

/**
 * A link to the cell that a result came from: scrolls its notebook when it is open, else offers to open it.
 *
 * The path names the branch: without the folder of one it is main's.
 */
export function CellLink({ origin }: { origin: ResultOrigin }): React.JSX.Element {
  const trans = useTrans();
  const { showCell, open } = useConversation();
  const name = PathExt.basename(origin.notebook);
  const go = async (at: HTMLElement) => {
    const state = await showCell(origin.notebook, origin.cell_id, MAIN);
    if (state === 'gone') {
      Notification.info(trans.__('This cell is not in %1 any more.', name), { autoClose: 4000 });
    } else if (state === 'closed') {
      openMenu([{ label: trans.__('Open %1', name), execute: () => open(origin.notebook, MAIN) }], at);
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
