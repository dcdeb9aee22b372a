import * as React from 'react';

interface INameFieldProps {
  label: string;
  value: string;
  placeholder?: string;
  /** Called once: with what was typed, or `null` when it is to stay; `byKey`: the focus is free. */
  onDone(value: string | null, byKey: boolean): void;
}

/** A name that is edited in place: Enter or leaving keeps it, Escape does not. */
export function NameField({ label, value, placeholder, onDone }: INameFieldProps): React.JSX.Element {
  const done = React.useRef(false);
  const finish = (typed: string | null, byKey: boolean) => {
    if (!done.current) {
      done.current = true;
      onDone(typed, byKey);
    }
  };
  return (
    <input
      className="jps-Row-field"
      defaultValue={value}
      placeholder={placeholder}
      aria-label={label}
      maxLength={200}
      autoComplete="off"
      ref={focusAndSelect}
      onClick={event => event.stopPropagation()}
      onBlur={event => finish(event.target.value, false)}
      onKeyDown={event => {
        event.stopPropagation();
        if (event.nativeEvent.isComposing) {
          return;
        }
        if (event.key === 'Enter') {
          finish(event.currentTarget.value, true);
        } else if (event.key === 'Escape') {
          finish(null, true);
        }
      }}
    />
  );
}

function focusAndSelect(field: HTMLInputElement | null): void {
  if (field && field !== document.activeElement) {
    field.focus();
    field.select();
  }
}
