import { caretDownIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

/** A native choice in the look of a field. */
export const Select = React.forwardRef<HTMLSelectElement, React.SelectHTMLAttributes<HTMLSelectElement>>(
  function Select({ className, children, ...rest }, ref) {
    return (
      <span className={`jps-Select ${className ?? ''}`}>
        <select ref={ref} {...rest}>
          {children}
        </select>
        <caretDownIcon.react tag="span" className="jps-Icon jps-mod-small" />
      </span>
    );
  }
);
