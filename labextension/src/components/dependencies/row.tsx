import { checkIcon, closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { NewDependency, Session } from '../../api/schema';
import { IconButton } from '../button';
import { warningIcon } from '../icons';
import { Listbox } from '../listbox';
import { Select } from '../select';
import { useTrans } from '../trans';
import { type IChoiceField, type IStand, cycleThrough, standText, valueText } from './states';

export interface IRowProps {
  dependency: NewDependency;
  sessions: readonly Session[];
  /** Ids of the sessions in other rows. */
  used: readonly string[];
  /** The session that needs the others; `null`: it is not made yet. */
  session: string | null;
  /** Fields that can be chosen; `null` while they are read. */
  fields: readonly IChoiceField[] | null;
  stand: IStand;
  onChange(dependency: NewDependency): void;
  onRemove(): void;
}

/** One dependency: which session, what of it, and how that stands. */
export function Row(props: IRowProps): React.JSX.Element {
  const trans = useTrans();
  const { dependency, sessions, stand } = props;
  const name = nameOf(sessions, dependency.session_id) ?? trans.__('Deleted session');
  return (
    <div className="jps-Depends-row">
      <SessionChoice {...props} name={name} />
      <KindChoice {...props} name={name} />
      {dependency.kind === 'decided' && props.fields && (
        <FieldChoice {...props} fields={props.fields} name={name} />
      )}
      <span className="jps-Depends-tail">
        <Stand stand={stand} />
        <RemoveButton name={name} onRemove={props.onRemove} />
      </span>
    </div>
  );
}

/** Takes a dependency away; `name`: of the session that is needed. */
export function RemoveButton(props: { name: string; onRemove(): void }): React.JSX.Element {
  const trans = useTrans();
  return (
    <IconButton
      className="jps-Depends-remove"
      icon={closeIcon}
      label={trans.__('Remove the dependency on %1', props.name)}
      onClick={props.onRemove}
    />
  );
}

/** How a dependency stands: an icon and words. */
export function Stand(props: { stand: IStand; short?: boolean }): React.JSX.Element | null {
  const trans = useTrans();
  const { stand } = props;
  if (stand.state === 'unknown') {
    return null;
  }
  const met = stand.state === 'met';
  const text = standText(trans, stand);
  const Icon = met ? checkIcon : warningIcon;
  return (
    <span className="jps-Stand" title={props.short ? text : undefined}>
      <Icon.react tag="span" className={`jps-Icon jps-mod-small${met ? ' jps-mod-ok' : ''}`} />
      <span className={props.short ? 'jps-Unseen' : undefined}>{text}</span>
    </span>
  );
}

export function nameOf(sessions: readonly Session[], id: string): string | undefined {
  return sessions.find(each => each.id === id)?.name;
}

function SessionChoice(props: IRowProps & { name: string }): React.JSX.Element {
  const trans = useTrans();
  const { dependency, sessions, session, used } = props;
  const options = sessions
    .filter(each => each.id !== session)
    .map(each => {
      const cycle = cycleThrough(session, each.id, sessions);
      return {
        value: each.id,
        label: each.name,
        note:
          cycle !== null
            ? trans.__('would make a cycle: it needs %1', cycle)
            : used.includes(each.id)
              ? trans.__('is listed already')
              : each.key_result_count > 0 || each.decided
                ? trans.__('complete')
                : each.started
                  ? trans.__('not complete yet')
                  : trans.__('not started'),
        disabled: cycle !== null || used.includes(each.id)
      };
    });
  return (
    <Listbox
      className="jps-Depends-session"
      label={trans.__('Session that is needed')}
      value={dependency.session_id}
      text={props.name}
      options={options}
      onChange={id => props.onChange({ session_id: id, kind: 'complete', field: null, value: null })}
    />
  );
}

function KindChoice(props: IRowProps & { name: string }): React.JSX.Element {
  const trans = useTrans();
  const { dependency, fields } = props;
  const choose = (kind: NewDependency['kind']) => {
    const first = fields?.[0];
    const decided = kind === 'decided' && first;
    props.onChange({
      ...dependency,
      kind,
      field: decided ? first.name : null,
      value: decided ? first.values[0] : null
    });
  };
  return (
    <Select
      className="jps-Depends-kind"
      aria-label={trans.__('What is needed of %1', props.name)}
      value={dependency.kind}
      onChange={event => choose(event.target.value as NewDependency['kind'])}
    >
      <option value="complete">{trans.__('is complete')}</option>
      <option value="decided" disabled={!fields || fields.length === 0}>
        {fields?.length === 0 ? trans.__('decided (it has no field to choose)') : trans.__('decided')}
      </option>
    </Select>
  );
}

function FieldChoice(
  props: IRowProps & { fields: readonly IChoiceField[]; name: string }
): React.JSX.Element {
  const trans = useTrans();
  const { dependency, fields } = props;
  const field = fields.find(each => each.name === dependency.field);
  const place = field?.values.findIndex(each => each === dependency.value) ?? -1;
  return (
    <>
      <Select
        className="jps-Depends-field jps-mod-code"
        aria-label={trans.__('Field of the disposition of %1', props.name)}
        value={dependency.field ?? ''}
        onChange={event => {
          const chosen = fields.find(each => each.name === event.target.value);
          props.onChange({ ...dependency, field: event.target.value, value: chosen?.values[0] ?? null });
        }}
      >
        {!field && <option value={dependency.field ?? ''}>{dependency.field}</option>}
        {fields.map(each => (
          <option key={each.name}>{each.name}</option>
        ))}
      </Select>
      <span className="jps-mod-muted">=</span>
      <Select
        className="jps-Depends-value jps-mod-code"
        aria-label={trans.__('Value of %1', dependency.field ?? '')}
        value={place}
        onChange={event =>
          props.onChange({ ...dependency, value: field?.values[Number(event.target.value)] })
        }
      >
        {place === -1 && <option value={-1}>{valueText(trans, dependency.value)}</option>}
        {field?.values.map((each, index) => (
          <option key={index} value={index}>
            {valueText(trans, each)}
          </option>
        ))}
      </Select>
    </>
  );
}
