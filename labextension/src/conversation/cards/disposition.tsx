import { checkIcon, editIcon, historyIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Disposition, KeyResult } from '../../api/schema';
import { telling } from '../../chats/dialogs';
import { Button, IconButton } from '../../components/button';
import { clock, fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import type { Findings } from '../../models/sessionFindings';
import { useConversation } from '../context';
import { decideAgain } from './again';
import { CellLink } from './cellLink';
import { DispositionForm } from './dispositionForm';
import { fieldsOf } from './fields';
import { wholeValue } from './values';

interface IDispositionProps {
  findings: Findings;
  disposition: Disposition;
  /** It is what the log says, not what holds now. */
  fixed?: boolean;
}

/** What was decided: key by key, with the evidence. */
export function DispositionCard({ findings, disposition, fixed }: IDispositionProps): React.JSX.Element {
  const trans = useTrans();
  const results = useModel(findings.results);
  const [editing, setEditing] = React.useState(false);
  const { stale } = disposition;
  const Icon = stale ? historyIcon : checkIcon;
  return (
    <div
      className={`jps-Card jps-Disposition${stale ? ' jps-mod-stale' : ''}`}
      data-block
      tabIndex={-1}
      role="article"
      aria-label={trans.__('Disposition')}
    >
      <div className="jps-Card-head">
        <Icon.react tag="span" className="jps-Icon jps-mod-small" />
        <span className="jps-Card-title">
          {stale ? trans.__('Disposition, stale') : trans.__('Disposition')}
        </span>
        <Decided disposition={disposition} />
        {!fixed && !editing && disposition.json_schema && (
          <IconButton
            icon={editIcon}
            label={trans.__('Edit the disposition')}
            onClick={() => setEditing(true)}
          />
        )}
      </div>
      {editing && disposition.json_schema ? (
        <DispositionForm
          model={findings.disposition}
          disposition={disposition}
          schema={disposition.json_schema}
          results={results.items}
          onClose={() => setEditing(false)}
        />
      ) : (
        <dl className="jps-Card-body jps-Decided">
          {keysOf(disposition).map(key => (
            <Row
              key={key}
              name={key}
              value={disposition.value?.[key] ?? null}
              evidence={disposition.evidence[key]}
              results={results.loaded ? results.items : null}
            />
          ))}
        </dl>
      )}
      {stale && <Stale reason={disposition.stale_reason} fixed={fixed} />}
    </div>
  );
}

function Decided({ disposition }: { disposition: Disposition }): React.JSX.Element | null {
  const trans = useTrans();
  const { decided_at, decided_by } = disposition;
  return decided_at === null ? null : (
    <span className="jps-Card-time" title={fullTime(decided_at)}>
      {decided_by === 'user' ? trans.__('by you · %1', clock(decided_at)) : clock(decided_at)}
    </span>
  );
}

interface IRowProps {
  name: string;
  value: unknown;
  evidence: string | undefined;
  /** `null` until they were read. */
  results: readonly KeyResult[] | null;
}

function Row({ name, value, evidence, results }: IRowProps): React.JSX.Element {
  const trans = useTrans();
  const { showResults } = useConversation();
  const result = results?.find(each => each.id === evidence);
  const changed = evidence !== undefined && results !== null && (!result || result.stale);
  return (
    <div>
      <dt title={name}>{name}</dt>
      <dd className={isProse(value) ? undefined : 'jps-mod-value'}>{valueText(trans, value)}</dd>
      {evidence !== undefined && (
        <dd className="jps-Evidence">
          {result && (
            <>
              <CellLink origin={result.origin} />
              {' · '}
              <button type="button" className="jps-ResultLink" title={result.title} onClick={showResults}>
                {trans.__('key result %1', result.number)}
              </button>
            </>
          )}
          {changed && (
            <span className="jps-Changed">
              <historyIcon.react tag="span" className="jps-Icon jps-mod-small" />
              {result ? trans.__('changed') : trans.__('removed')}
            </span>
          )}
        </dd>
      )}
    </div>
  );
}

function Stale({ reason, fixed }: { reason: string | null; fixed?: boolean }): React.JSX.Element {
  const trans = useTrans();
  const { model, notebook } = useConversation();
  const [asked, setAsked] = React.useState(false);
  const again = async () => {
    setAsked(true);
    await telling(() => model.acts.send(decideAgain(trans, reason), { notebook: notebook() }));
    setAsked(false);
  };
  return (
    <div className="jps-Card-foot jps-Stale">
      <span>{reason}</span>
      {!fixed && (
        <Button
          look="flat"
          disabled={asked}
          title={trans.__('Ask the agent to decide with the key results as they are now')}
          onClick={() => void again()}
        >
          {trans.__('Decide again')}
        </Button>
      )}
    </div>
  );
}

/** Its keys in the order of the schema, then those that the schema does not name any more. */
function keysOf({ value, json_schema }: Disposition): string[] {
  const named = json_schema ? fieldsOf(json_schema).map(field => field.key) : [];
  const given = Object.keys(value ?? {});
  return [...named.filter(key => given.includes(key)), ...given.filter(key => !named.includes(key))];
}

/** Running text reads as text; a word or a number stands out. */
function isProse(value: unknown): boolean {
  return typeof value === 'string' && /\s/.test(value.trim());
}

function valueText(trans: TranslationBundle, value: unknown): string {
  if (typeof value === 'boolean') {
    return value ? trans.__('yes') : trans.__('no');
  }
  if (value === null || value === undefined) {
    return '–';
  }
  if (Array.isArray(value) && value.every(each => typeof each !== 'object')) {
    return value.map(wholeValue).join(', ');
  }
  return wholeValue(value);
}
