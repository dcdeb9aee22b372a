import { JSONExt, type PartialJSONObject } from '@lumino/coreutils';
import { checkIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Disposition } from '../../api/schema';
import { clock, fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { IDispositionEntry } from '../../models/entries';
import { useModel } from '../../models/observable';
import { DispositionCard } from './disposition';
import { useFindings } from './watching';

/** A disposition in the log: the one that holds as a card, an earlier one as a line. */
export function DispositionEntry({ entry }: { entry: IDispositionEntry }): React.JSX.Element {
  const trans = useTrans();
  const findings = useFindings(entry.session);
  const { current } = useModel(findings.disposition);
  const now = current?.value as PartialJSONObject | null | undefined;
  const holds = entry.current && (!now || JSONExt.deepEqual(now, entry.value as PartialJSONObject));
  if (!entry.current) {
    return (
      <div className="jps-Notice" data-block tabIndex={-1} title={fullTime(entry.ts)}>
        <checkIcon.react tag="span" className="jps-Icon jps-mod-small" />
        <span>{trans.__('Disposition of %1, decided anew since.', clock(entry.ts))}</span>
      </div>
    );
  }
  return holds && current && now ? (
    <DispositionCard findings={findings} disposition={current} />
  ) : (
    <DispositionCard findings={findings} disposition={asDecided(entry)} fixed />
  );
}

/** The disposition as the log has it. */
function asDecided(entry: IDispositionEntry): Disposition {
  return {
    session_id: entry.session,
    json_schema: entry.schema,
    short: null,
    value: entry.value,
    evidence: entry.evidence,
    decided_at: entry.ts,
    decided_by: entry.by,
    run_id: entry.runId,
    stale: false,
    stale_reason: null
  };
}
