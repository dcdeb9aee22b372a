import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Fold } from '../../components/fold';
import { fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { IEarlierEntry } from '../../models/entries';
import { countOf } from '../../models/lines';
import { useModel } from '../../models/observable';
import { useConversation } from '../context';

/** What was said before an earlier message was edited: its entries follow when it is open. */
export function Earlier({ entry }: { entry: IEarlierEntry }): React.JSX.Element {
  const trans = useTrans();
  const model = useModel(useConversation().model);
  const open = model.isOpen(entry.key, false);
  return (
    <Fold
      open={open}
      label={trans.__('Earlier version · %1', amount(trans, entry, model.isWhole(entry)))}
      title={trans.__('Replaced %1', fullTime(entry.ts))}
      onToggle={() => model.setOpen(entry.key, !open)}
    />
  );
}

function amount(trans: TranslationBundle, entry: IEarlierEntry, whole: boolean): string {
  if (whole) {
    const count = countOf(entry);
    return trans._n('%1 entry', '%1 entries', count, count.toLocaleString());
  }
  const events = entry.until - entry.after - 1;
  return trans._n('%1 event', '%1 events', events, events.toLocaleString());
}
