import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Disposition, KeyResult } from '../../api/schema';
import { Button } from '../../components/button';
import { useTrans } from '../../components/trans';
import type { DispositionModel } from '../../models/disposition';
import { messageOf } from '../../models/projects';
import { fieldsOf, type IField, textOf, valueOf } from './fields';

interface IFormProps {
  model: DispositionModel;
  disposition: Disposition;
  schema: NonNullable<Disposition['json_schema']>;
  results: readonly KeyResult[];
  onClose(): void;
}

/** Decides by hand: a field for each key of the schema, and the key result that it rests on. */
export function DispositionForm(props: IFormProps): React.JSX.Element {
  const { model, disposition, schema, results, onClose } = props;
  const trans = useTrans();
  const fields = React.useMemo(() => fieldsOf(schema), [schema]);
  const [texts, setTexts] = React.useState(() => initialTexts(fields, disposition));
  const [evidence, setEvidence] = React.useState<Record<string, string>>(() => ({ ...disposition.evidence }));
  const [error, setError] = React.useState('');
  const [busy, setBusy] = React.useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const value = valuesOf(trans, fields, texts);
      const known = Object.entries(evidence).filter(
        ([key, id]) => key in value && results.some(result => result.id === id)
      );
      await model.update({ value, evidence: Object.fromEntries(known) });
      onClose();
    } catch (reason) {
      setError(messageOf(reason));
      setBusy(false);
    }
  };
  return (
    <form
      className="jps-Card-body jps-Form"
      aria-label={trans.__('Edit the disposition')}
      onSubmit={event => {
        event.preventDefault();
        if (!busy) {
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
      {fields.map((field, index) => (
        <div key={field.key} className="jps-Form-row jps-mod-key">
          <label>
            <span title={field.description}>
              {field.key}
              {!field.required && <span className="jps-mod-muted"> {trans.__('optional')}</span>}
            </span>
            <Input
              field={field}
              focus={index === 0}
              text={texts[field.key] ?? ''}
              onChange={text => setTexts({ ...texts, [field.key]: text })}
            />
          </label>
          {results.length > 0 && (
            <label className="jps-mod-evidence">
              <span className="jps-mod-muted">{trans.__('Evidence')}</span>
              <select
                className="jps-Field"
                value={evidence[field.key] ?? ''}
                aria-label={trans.__('Evidence for %1', field.key)}
                onChange={event => setEvidence({ ...evidence, [field.key]: event.target.value })}
              >
                <option value="">{trans.__('None')}</option>
                {results.map(result => (
                  <option key={result.id} value={result.id}>
                    {trans.__('Key result %1: %2', result.number, result.title)}
                  </option>
                ))}
              </select>
            </label>
          )}
        </div>
      ))}
      {error && (
        <p role="alert" className="jps-Form-error">
          {error}
        </p>
      )}
      <div className="jps-Actions">
        <Button look="primary" type="submit" disabled={busy}>
          {trans.__('Save')}
        </Button>
        <Button onClick={onClose}>{trans.__('Cancel')}</Button>
      </div>
    </form>
  );
}

interface IInputProps {
  field: IField;
  focus: boolean;
  text: string;
  onChange(text: string): void;
}

function Input({ field, focus, text, onChange }: IInputProps): React.JSX.Element {
  const trans = useTrans();
  const common = { className: 'jps-Field', autoFocus: focus, value: text, 'aria-label': field.key };
  switch (field.kind) {
    case 'choice':
    case 'yesno': {
      const options = field.kind === 'yesno' ? [true, false] : field.options;
      return (
        <select {...common} onChange={event => onChange(event.target.value)}>
          <option value="">{trans.__('Choose…')}</option>
          {options.map((option, index) => (
            <option key={index} value={textOf(field, option)}>
              {typeof option === 'boolean' ? (option ? trans.__('yes') : trans.__('no')) : String(option)}
            </option>
          ))}
        </select>
      );
    }
    case 'number':
    case 'integer':
      return <input {...common} inputMode="decimal" onChange={event => onChange(event.target.value)} />;
    default:
      return (
        <textarea
          {...common}
          className={`jps-Field jps-mod-text${field.kind === 'json' ? ' jps-mod-code' : ''}`}
          rows={field.kind === 'text' && text.length < 60 ? 1 : 3}
          placeholder={
            field.kind === 'list'
              ? trans.__('One on each line')
              : field.kind === 'json'
                ? trans.__('JSON')
                : ''
          }
          onChange={event => onChange(event.target.value)}
        />
      );
  }
}

function initialTexts(fields: readonly IField[], { value }: Disposition): Record<string, string> {
  return Object.fromEntries(fields.map(field => [field.key, textOf(field, value?.[field.key])]));
}

/** The value that the form holds; what is left empty is left out. */
function valuesOf(
  trans: TranslationBundle,
  fields: readonly IField[],
  texts: Record<string, string>
): NonNullable<Disposition['value']> {
  const value: NonNullable<Disposition['value']> = {};
  for (const field of fields) {
    try {
      const given = valueOf(field, texts[field.key] ?? '');
      if (given !== undefined) {
        value[field.key] = given;
      }
    } catch {
      throw new Error(problemOf(trans, field));
    }
  }
  return value;
}

function problemOf(trans: TranslationBundle, field: IField): string {
  switch (field.kind) {
    case 'integer':
      return trans.__('“%1” must be a whole number.', field.key);
    case 'number':
      return trans.__('“%1” must be a number.', field.key);
    default:
      return trans.__('“%1” is not valid JSON.', field.key);
  }
}
