import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

interface IButtonProps extends React.ButtonHTMLAttributes<HTMLButtonElement> {
  look?: 'plain' | 'primary' | 'danger' | 'flat';
  icon?: LabIcon;
}

/** A button with words. */
export const Button = React.forwardRef<HTMLButtonElement, IButtonProps>(function Button(
  { look = 'plain', icon, className, children, ...rest },
  ref
) {
  return (
    <button ref={ref} type="button" className={`jps-Button jps-mod-${look} ${className ?? ''}`} {...rest}>
      {icon && <icon.react tag="span" className="jps-Icon jps-mod-small" />}
      {children}
    </button>
  );
});

interface IIconButtonProps extends React.ButtonHTMLAttributes<HTMLButtonElement> {
  icon: LabIcon;
  /** Name for everyone: tooltip and screen reader. */
  label: string;
}

/** A button with an icon alone. */
export function IconButton({ icon, label, className, ...rest }: IIconButtonProps): React.JSX.Element {
  return (
    <button
      type="button"
      className={`jps-IconButton ${className ?? ''}`}
      title={label}
      aria-label={label}
      {...rest}
    >
      <icon.react tag="span" className="jps-Icon" />
    </button>
  );
}
