import * as React from 'react';

interface ISegment<T extends string> {
  value: T;
  label: string;
  disabled?: boolean;
}

interface ISegmentsProps<T extends string> {
  /** Name of the choice, for screen readers. */
  label: string;
  value: T;
  options: readonly ISegment<T>[];
  /** Id of the text that says why one is disabled. */
  describedBy?: string;
  onChange(value: T): void;
}

/** One of a few views: buttons that lie side by side. */
export function Segments<T extends string>(props: ISegmentsProps<T>): React.JSX.Element {
  return (
    <div className="jps-Segments" role="group" aria-label={props.label}>
      {props.options.map(option => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === props.value}
          aria-describedby={option.disabled ? props.describedBy : undefined}
          disabled={option.disabled}
          onClick={() => props.onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
