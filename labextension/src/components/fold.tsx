import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

interface IFoldProps {
  open: boolean;
  label: React.ReactNode;
  title?: string;
  onToggle(): void;
  children?: React.ReactNode;
}

/** A quiet row with a caret: what it holds opens below it. */
export function Fold({ open, label, title, onToggle, children }: IFoldProps): React.JSX.Element {
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <div className="jps-Fold">
      <button
        type="button"
        className="jps-Fold-head"
        data-block
        tabIndex={-1}
        aria-expanded={open}
        title={title}
        onClick={onToggle}
      >
        <Caret.react tag="span" className="jps-Icon jps-mod-small" />
        <span className="jps-Fold-label">{label}</span>
      </button>
      {open && children}
    </div>
  );
}
