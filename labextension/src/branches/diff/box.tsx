import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { useKept } from './context';

interface IBoxProps {
  id: string;
  /** What happened to the cell, in a word. */
  verb: string;
  /** Which cell. */
  name: string;
  detail: React.ReactNode;
  look?: 'conflict';
  /** Open unless the person has folded it. */
  open?: boolean;
  actions?: React.ReactNode;
  children?: React.ReactNode;
}

/** One cell: what happened to it in the head, the lines below. */
export function Box(props: IBoxProps): React.JSX.Element {
  const { id, verb, name, detail, look, actions, children } = props;
  const [open, setOpen] = useKept(`${id} open`, props.open ?? true);
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <div className={`jps-Change${look ? ` jps-mod-${look}` : ''}`}>
      <div className="jps-Change-head">
        <button
          type="button"
          className="jps-Change-title"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Caret.react tag="span" className="jps-Icon jps-mod-small" />
          <b>{verb}</b>
          {name && <code>{name}</code>}
          <span className="jps-Change-detail">{detail}</span>
        </button>
        {actions && <div className="jps-Change-actions">{actions}</div>}
      </div>
      {open && children}
    </div>
  );
}
