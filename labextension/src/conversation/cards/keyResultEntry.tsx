import * as React from 'react';

import type { KeyResult, KeyResultData, Table } from '../../api/schema';
import { flagIcon } from '../../components/icons';
import { useTrans } from '../../components/trans';
import type { ConversationModel } from '../../models/conversation';
import type { IKeyResultEntry } from '../../models/entries';
import { useModel } from '../../models/observable';
import { useConversation } from '../context';
import { KeyResultCard } from './keyResult';
import { useFindings } from './watching';

/** A key result in the log, where it was promoted. */
export function KeyResultEntry({ entry }: { entry: IKeyResultEntry }): React.JSX.Element {
  const trans = useTrans();
  const { model } = useConversation();
  const { results } = useFindings(entry.session);
  useModel(results);
  useModel(model);
  const id = entry.data.key_result;
  const current = results.get(id);
  const shown = React.useRef<KeyResultData | string | null>(null);
  if (entry.removed || results.misses(id, entry.seq)) {
    return (
      <div className="jps-Notice" data-block tabIndex={-1}>
        <flagIcon.react tag="span" className="jps-Icon jps-mod-small" />
        <span>{trans.__('Key result %1, “%2”, was removed.', entry.data.number, entry.data.title)}</span>
      </div>
    );
  }
  // What the log has stays until the server's is read: rows that were unfolded would fold again.
  shown.current = current ? (results.data(id) ?? shown.current) : kept(model, entry);
  return current ? (
    <KeyResultCard result={current} results={results} data={shown.current} />
  ) : (
    <KeyResultCard result={asPromoted(entry)} results={null} data={shown.current} />
  );
}

/** The result as the log has it. */
function asPromoted(entry: IKeyResultEntry): KeyResult {
  const { data } = entry;
  return {
    number: data.number,
    title: data.title,
    description: data.description,
    chart: data.chart,
    view: data.view,
    fields: data.fields,
    columns: data.columns,
    row_count: data.row_count,
    total_rows: data.total_rows,
    origin: data.origin,
    id: data.key_result,
    session_id: entry.session,
    stale: false,
    stale_reason: null,
    created_by: data.call_id === null ? 'user' : 'agent',
    created_at: entry.ts,
    updated_at: entry.ts
  };
}

/** Its data out of the log. */
function kept(model: ConversationModel, entry: IKeyResultEntry): KeyResultData | string | null {
  const { table, outputs } = entry.data;
  const tableText = table && model.blob(table.blob);
  const outputsText = outputs && model.blob(outputs.blob);
  if ((table && tableText === null) || (outputs && outputsText === null)) {
    const failed = [table, outputs].map(each => each && model.blobFailure(each.blob));
    return failed.find(each => each) ?? null;
  }
  return {
    table: parsed(tableText) as Table | null,
    outputs: (parsed(outputsText) ?? []) as KeyResultData['outputs']
  };
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
