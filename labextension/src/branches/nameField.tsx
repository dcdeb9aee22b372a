import * as React from 'react';

import { ErrorMark } from '../components/marks';
import { useTrans } from '../components/trans';
import type { BranchesModel } from '../models/branches';
import { useModel } from '../models/observable';
import { freeName, named } from './rows';

interface INameProps {
  label: string;
  /** Class of the field. */
  look?: string;
  branches: BranchesModel;
  /** Branch that may have the name. */
  own: string | null;
  value: string;
  /** What the server said. */
  error: string;
  onChange(name: string): void;
  /** It is drawn: after a dialog has looked at its fields, and has enabled its button. */
  onDrawn?(): void;
}

/** The name of a branch: checked while one types, with a free one where it is taken. */
export function NameField(props: INameProps): React.JSX.Element {
  const { value, error, onChange } = props;
  const trans = useTrans();
  const id = React.useId();
  const field = React.useRef<HTMLInputElement>(null);
  const { items } = useModel(props.branches);
  const other = named(items, value);
  const taken = other !== undefined && other.id !== props.own;
  const { onDrawn } = props;
  React.useLayoutEffect(() => onDrawn?.());
  const take = (name: string) => {
    onChange(name);
    field.current?.focus();
  };
  return (
    <>
      <label>
        {props.label}
        <input
          ref={field}
          className={props.look ?? 'jp-mod-styled'}
          value={value}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={taken || error !== ''}
          aria-describedby={id}
          onFocus={event => event.target.select()}
          onChange={event => onChange(event.target.value)}
          onInput={() => onDrawn?.()}
        />
      </label>
      <p id={id} className="jps-Wrong" role="alert">
        {(taken || error) && <ErrorMark />}
        {taken ? (
          <span>
            {other.status === 'deleted'
              ? trans.__('A deleted branch has this name.')
              : trans.__('This name is taken.')}{' '}
            {trans.__('Free:')}{' '}
            <button type="button" className="jps-Link" onClick={() => take(freeName(items, value.trim()))}>
              {freeName(items, value.trim())}
            </button>
          </span>
        ) : (
          error && <span>{error}</span>
        )}
      </p>
    </>
  );
}
