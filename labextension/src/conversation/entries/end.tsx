import { editIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { duration, fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { IChanges, IEndEntry } from '../../models/entries';
import { usageText } from '../usage';

/** The last line of a run: what it has changed, what it has cost. */
export function End({ entry }: { entry: IEndEntry }): React.JSX.Element {
  const trans = useTrans();
  const { changes, usage } = entry;
  const cost = usageText(trans, usage);
  return (
    <div
      className={`jps-End${changes ? ' jps-mod-changed' : ''}`}
      data-block
      tabIndex={-1}
      title={`${duration(trans, entry.durationMs)} · ${fullTime(entry.ts)}`}
    >
      {changes && (
        <>
          <editIcon.react tag="span" className="jps-Icon jps-mod-small" />
          <span>{changed(trans, changes)}</span>
          <span className="jps-End-lines">
            {changes.added > 0 && `+${changes.added}`} {changes.removed > 0 && `−${changes.removed}`}
          </span>
        </>
      )}
      {cost && <span className="jps-End-cost">{cost}</span>}
    </div>
  );
}

function changed(trans: TranslationBundle, { cells, notebooks }: IChanges): string {
  const count = trans._n('Changed %1 cell', 'Changed %1 cells', cells.size);
  return trans._n('%2 in %1 notebook', '%2 in %1 notebooks', notebooks.size, count);
}
