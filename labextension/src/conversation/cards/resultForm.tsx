import * as React from 'react';

import type { Chart, KeyResult } from '../../api/schema';
import type { View } from '../../api/unions';
import { Button } from '../../components/button';
import { useTrans } from '../../components/trans';
import type { KeyResultsModel } from '../../models/keyResults';
import { messageOf } from '../../models/projects';
import { isNumeric } from './values';

type Drawn = Chart['type'] | 'none';

interface IFormProps {
  result: KeyResult;
  results: KeyResultsModel;
  onClose(): void;
}

/** Edits how a key result is named and shown; its data is never changed. */
export function ResultForm({ result, results, onClose }: IFormProps): React.JSX.Element {
  const trans = useTrans();
  const names = result.columns.map(column => column.name);
  const [title, setTitle] = React.useState(result.title);
  const [description, setDescription] = React.useState(result.description);
  const [type, setType] = React.useState<Drawn>(result.chart?.type ?? 'none');
  const [fields, setFields] = React.useState(() => initialFields(result));
  const [columns, setColumns] = React.useState<readonly string[] | null>(result.fields);
  const [view, setView] = React.useState<View>(result.view);
  const [error, setError] = React.useState('');
  const [busy, setBusy] = React.useState(false);
  const lacking = type !== 'none' && type !== 'histogram' && !fields.y;
  const problem = !title.trim()
    ? trans.__('A title is needed.')
    : lacking
      ? trans.__('Choose what the chart measures.')
      : columns?.length === 0
        ? trans.__('Choose at least one column.')
        : '';
  const save = async () => {
    setBusy(true);
    try {
      await results.update(result.id, {
        title: title.trim(),
        description,
        view,
        fields: columns === null ? null : names.filter(name => columns.includes(name)),
        chart: type === 'none' ? null : chartOf(type, fields)
      });
      onClose();
    } catch (reason) {
      setError(messageOf(reason));
      setBusy(false);
    }
  };
  const choose = (drawn: Drawn) => {
    setType(drawn);
    setView(drawn === 'none' ? (view === 'chart' ? 'table' : view) : 'chart');
  };
  return (
    <form
      className="jps-Card-body jps-Form"
      aria-label={trans.__('Edit “%1”', result.title)}
      onSubmit={event => {
        event.preventDefault();
        if (!problem && !busy) {
          void save();
        }
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <label>
        {trans.__('Title')}
        <input
          autoFocus
          className="jps-Field"
          maxLength={200}
          value={title}
          onChange={event => setTitle(event.target.value)}
        />
      </label>
      <label>
        {trans.__('Description')}
        <textarea
          className="jps-Field jps-mod-text"
          rows={2}
          maxLength={10_000}
          value={description}
          placeholder={trans.__('What it shows, in Markdown')}
          onChange={event => setDescription(event.target.value)}
        />
      </label>
      {names.length > 0 && (
        <>
          <div className="jps-Form-row">
            <Select label={trans.__('Chart')} value={type} onChange={value => choose(value as Drawn)}>
              <option value="none">{trans.__('None')}</option>
              <option value="bar">{trans.__('Bars')}</option>
              <option value="line">{trans.__('Line')}</option>
              <option value="area">{trans.__('Area')}</option>
              <option value="scatter">{trans.__('Points')}</option>
              <option value="histogram">{trans.__('Histogram')}</option>
            </Select>
            {type !== 'none' && (
              <>
                <Column
                  label={type === 'histogram' ? trans.__('Of') : trans.__('Along')}
                  names={names}
                  value={fields.x}
                  onChange={x => setFields({ ...fields, x })}
                />
                {type !== 'histogram' && (
                  <Column
                    label={trans.__('Measures')}
                    names={names}
                    value={fields.y}
                    empty={trans.__('Choose…')}
                    onChange={y => setFields({ ...fields, y })}
                  />
                )}
                <Column
                  label={trans.__('Colour')}
                  names={names}
                  value={fields.color}
                  empty={trans.__('None')}
                  onChange={color => setFields({ ...fields, color })}
                />
              </>
            )}
          </div>
          <Columns names={names} chosen={columns} onChange={setColumns} />
        </>
      )}
      <Select label={trans.__('Shown first')} value={view} onChange={value => setView(value as View)}>
        {type !== 'none' && <option value="chart">{trans.__('Chart')}</option>}
        {names.length > 0 && <option value="table">{trans.__('Table')}</option>}
        <option value="output">{trans.__('Output of the cell')}</option>
      </Select>
      {error && (
        <p role="alert" className="jps-Form-error">
          {error}
        </p>
      )}
      <div className="jps-Actions">
        <Button look="primary" type="submit" disabled={busy || problem !== ''}>
          {trans.__('Save')}
        </Button>
        <Button onClick={onClose}>{trans.__('Cancel')}</Button>
        {problem && <span className="jps-mod-muted">{problem}</span>}
      </div>
    </form>
  );
}

interface ISelectProps {
  label: string;
  value: string;
  children: React.ReactNode;
  onChange(value: string): void;
}

/** A choice with its name above. */
export function Select({ label, value, children, onChange }: ISelectProps): React.JSX.Element {
  return (
    <label>
      {label}
      <select
        className="jps-Field"
        aria-label={label}
        value={value}
        onChange={event => onChange(event.target.value)}
      >
        {children}
      </select>
    </label>
  );
}

function Column(props: {
  label: string;
  names: readonly string[];
  value: string;
  /** What stands for no column. */
  empty?: string;
  onChange(name: string): void;
}): React.JSX.Element {
  const { label, names, value, empty, onChange } = props;
  return (
    <Select label={label} value={value} onChange={onChange}>
      {empty !== undefined && <option value="">{empty}</option>}
      {names.map((name, index) => (
        <option key={index} value={name}>
          {name}
        </option>
      ))}
    </Select>
  );
}

/** Which columns the table shows. */
function Columns(props: {
  names: readonly string[];
  chosen: readonly string[] | null;
  onChange(chosen: readonly string[] | null): void;
}): React.JSX.Element {
  const { names, chosen, onChange } = props;
  const trans = useTrans();
  const on = new Set(chosen ?? names);
  const toggle = (name: string, checked: boolean) => {
    const next = names.filter(each => (each === name ? checked : on.has(each)));
    onChange(next.length === names.length ? null : next);
  };
  return (
    <details className="jps-Form-columns">
      <summary>{trans.__('Columns of the table: %1 of %2', on.size, names.length)}</summary>
      <div>
        {names.map((name, index) => (
          <label key={index}>
            <input
              type="checkbox"
              checked={on.has(name)}
              onChange={event => toggle(name, event.target.checked)}
            />
            <span>{name}</span>
          </label>
        ))}
      </div>
    </details>
  );
}

interface IFields {
  x: string;
  y: string;
  color: string;
}

/** The fields of its chart, else the first columns that suit one. */
function initialFields({ chart, columns }: KeyResult): IFields {
  if (chart) {
    return { x: chart.x, y: chart.y ?? '', color: chart.color ?? '' };
  }
  const named = columns.find(column => !isNumeric(column)) ?? columns[0];
  const measured = columns.find(column => isNumeric(column) && column !== named);
  return { x: named?.name ?? '', y: measured?.name ?? '', color: '' };
}

function chartOf(type: Chart['type'], { x, y, color }: IFields): Chart {
  return { type, x, y: type === 'histogram' ? null : y, color: color || null };
}
