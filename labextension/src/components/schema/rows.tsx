import { addIcon, closeIcon, deleteIcon, editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Button, IconButton } from '../button';
import { gripIcon } from '../icons';
import { useReorder } from '../reorder';
import { Select } from '../select';
import { useTrans } from '../trans';
import type { SchemaDraft } from './draft';
import type { FieldType, IField } from './fields';
import { detailHint, FIELD_TYPES, problemText, shortType, typeName } from './words';

interface IRowsProps {
  draft: SchemaDraft;
  compact: boolean;
  /** Prefix of ids of this editor. */
  id: string;
}

/** The fields of a schema, one row each. */
export function RowsView({ draft, compact, id }: IRowsProps): React.JSX.Element {
  const trans = useTrans();
  const list = React.useRef<HTMLDivElement>(null);
  const [open, setOpen] = React.useState<number | null>(null);
  const [said, setSaid] = React.useState('');
  const [touched, setTouched] = React.useState<ReadonlySet<number>>(new Set());
  const fields = draft.rows?.fields ?? [];
  const problems = draft.fieldProblems;
  const place = (field: number) => fields.findIndex(each => each.id === field);
  const later = (selector: string) =>
    window.requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(selector)?.focus());
  const reorder = useReorder(fields.length, (from, to) => {
    const field = fields[from];
    if (field) {
      draft.moveField(field.id, to);
      setSaid(trans.__('%1, %2 of %3', field.name || trans.__('Field'), to + 1, fields.length));
      later(`[data-row="${field.id}"] .jps-Grip`);
    }
  });
  const add = () => {
    const field = draft.addField();
    setOpen(field.id);
    later(`[data-row="${field.id}"] input`);
  };
  const remove = (field: IField) => {
    const next = fields[place(field.id) + 1] ?? fields[place(field.id) - 1];
    draft.removeField(field.id);
    later(next ? `[data-row="${next.id}"] button.jps-Fields-remove` : '.jps-Fields-add');
  };
  const wrong = (field: IField) => {
    const problem = problems.get(field.id);
    if (problem !== undefined && (touched.has(field.id) || problem === 'same name')) {
      return problemText(trans, problem, field);
    }
    return draft.problem?.field === field.name.trim() && field.name !== '' ? draft.problem.message : null;
  };
  return (
    <div ref={list} data-rows className={`jps-Fields jps-Box${compact ? ' jps-mod-compact' : ''}`}>
      {!compact && fields.length > 0 && (
        <div className="jps-Fields-head" aria-hidden="true">
          <span>{trans.__('Field')}</span>
          <span>{trans.__('Type')}</span>
          <span>{trans.__('Allowed values or note to the agent')}</span>
          <span>{trans.__('Required')}</span>
        </div>
      )}
      <div role="list" aria-label={trans.__('Fields of the disposition')}>
        {fields.map((field, index) => {
          const shared = {
            field,
            index,
            wrong: wrong(field),
            errorId: `${id}-${field.id}`,
            grip: reorder.grip(index),
            onChange: (patch: Partial<IField>) => draft.setField(field.id, patch),
            onRemove: () => remove(field)
          };
          return (
            <div
              key={field.id}
              role="listitem"
              data-row={field.id}
              className={`jps-Fields-item${dropMark(reorder.target, index, fields.length)}`}
              onBlur={event => {
                if (!event.currentTarget.contains(event.relatedTarget)) {
                  setTouched(new Set([...touched, field.id]));
                }
              }}
            >
              {!compact ? (
                <WideRow {...shared} />
              ) : field.id === open ? (
                <OpenRow {...shared} onClose={() => setOpen(null)} />
              ) : (
                <ClosedRow {...shared} onOpen={() => setOpen(field.id)} later={later} />
              )}
              {shared.wrong !== null && (
                <div id={shared.errorId} className="jps-Wrong" role="alert">
                  {shared.wrong}
                </div>
              )}
            </div>
          );
        })}
      </div>
      <Button look="flat" icon={addIcon} className="jps-Fields-add" onClick={add}>
        {trans.__('Add field')}
      </Button>
      <div role="status" className="jps-Unseen">
        {said}
      </div>
    </div>
  );
}

/** Where a dragged row would land: a line above this row, or below the last. */
function dropMark(target: number | null, index: number, count: number): string {
  return target === index
    ? ' jps-mod-dropAbove'
    : target === count && index === count - 1
      ? ' jps-mod-dropBelow'
      : '';
}

interface IRowProps {
  field: IField;
  index: number;
  wrong: string | null;
  errorId: string;
  grip: ReturnType<ReturnType<typeof useReorder>['grip']>;
  onChange(patch: Partial<IField>): void;
  onRemove(): void;
}

function WideRow(props: IRowProps): React.JSX.Element {
  return (
    <div className="jps-Fields-row">
      <Grip {...props} />
      <NameField {...props} />
      <TypeField {...props} />
      <DetailField {...props} />
      <span className="jps-Fields-required">
        <Required {...props} />
      </span>
      <Remove {...props} />
    </div>
  );
}

function ClosedRow(props: IRowProps & { onOpen(): void; later(selector: string): void }): React.JSX.Element {
  const trans = useTrans();
  const { field } = props;
  return (
    <div className="jps-Fields-closed">
      <code title={field.name}>{field.name || trans.__('no name')}</code>
      <span className="jps-mod-muted">{shortType(trans, field)}</span>
      <IconButton
        icon={editIcon}
        label={trans.__('Edit field %1', field.name)}
        aria-describedby={props.wrong === null ? undefined : props.errorId}
        onClick={() => {
          props.onOpen();
          props.later(`[data-row="${field.id}"] input`);
        }}
      />
    </div>
  );
}

function OpenRow(props: IRowProps & { onClose(): void }): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Fields-open">
      <div>
        <Grip {...props} />
        <NameField {...props} />
        <IconButton
          icon={closeIcon}
          label={trans.__('Fold field %1', props.field.name)}
          onClick={props.onClose}
        />
      </div>
      <TypeField {...props} />
      <DetailField {...props} />
      <div>
        <label>
          <Required {...props} /> {trans.__('Required')}
        </label>
        <Remove {...props} />
      </div>
    </div>
  );
}

function Grip({ field, grip }: IRowProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <button
      type="button"
      className="jps-Grip"
      aria-label={trans.__('Move field %1 with the up and down keys', field.name)}
      title={trans.__('Drag to move')}
      {...grip}
    >
      <gripIcon.react tag="span" className="jps-Icon" />
    </button>
  );
}

function NameField({ field, index, wrong, errorId, onChange }: IRowProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <input
      className="jps-Field jps-Fields-name"
      value={field.name}
      aria-label={trans.__('Name of field %1', index + 1)}
      aria-invalid={wrong !== null}
      aria-describedby={wrong === null ? undefined : errorId}
      placeholder={trans.__('name')}
      spellCheck={false}
      autoComplete="off"
      onChange={event => onChange({ name: event.target.value })}
    />
  );
}

function TypeField({ field, onChange }: IRowProps): React.JSX.Element {
  const trans = useTrans();
  const label = trans.__('Type of %1', field.name || trans.__('the field'));
  if (field.type === null) {
    return <span className="jps-Fields-raw jps-mod-muted">{trans.__('Edited as text only')}</span>;
  }
  return (
    <Select
      className="jps-Fields-type"
      value={field.type}
      aria-label={label}
      onChange={event => onChange({ type: event.target.value as FieldType })}
    >
      {FIELD_TYPES.map(type => (
        <option key={type} value={type}>
          {typeName(trans, type)}
        </option>
      ))}
    </Select>
  );
}

function DetailField({ field, wrong, errorId, onChange }: IRowProps): React.JSX.Element {
  const trans = useTrans();
  if (field.type === null) {
    const text = JSON.stringify(field.raw);
    return (
      <code className="jps-Fields-detail jps-mod-raw" title={text.slice(0, 2000)}>
        {text.slice(0, 200)}
      </code>
    );
  }
  return (
    <input
      className="jps-Field jps-Fields-detail"
      value={field.detail}
      aria-label={
        field.type === 'enum'
          ? trans.__('Allowed values of %1', field.name)
          : trans.__('Range or note of %1', field.name)
      }
      aria-describedby={wrong === null ? undefined : errorId}
      placeholder={detailHint(trans, field.type)}
      onChange={event => onChange({ detail: event.target.value })}
    />
  );
}

function Required({ field, onChange }: IRowProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <input
      type="checkbox"
      className="jps-Check"
      checked={field.required}
      title={trans.__('Required')}
      aria-label={trans.__('%1 is required', field.name)}
      onChange={event => onChange({ required: event.target.checked })}
    />
  );
}

function Remove({ field, onRemove }: IRowProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <IconButton
      className="jps-Fields-remove"
      icon={deleteIcon}
      label={trans.__('Remove field %1', field.name)}
      onClick={onRemove}
    />
  );
}
