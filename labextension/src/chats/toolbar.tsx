import { addIcon, caretDownIcon, searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Button, IconButton } from '../components/button';
import { openMenu } from '../components/menu';
import { useTrans } from '../components/trans';

interface IToolbarProps {
  /** There is something to search. */
  searchable: boolean;
  /** The search was closed just now: its button has the focus. */
  focusSearch: boolean;
  onForm(): void;
  onMessage(): void;
  onSearch(): void;
}

/** New Session, with and without the form; search. */
export function Toolbar(props: IToolbarProps): React.JSX.Element {
  const trans = useTrans();
  const { onForm, onMessage, onSearch } = props;
  return (
    <div className="jps-Chats-new">
      <div className="jps-Split">
        <Button icon={addIcon} onClick={onForm}>
          {trans.__('New Session')}
        </Button>
        <IconButton
          icon={caretDownIcon}
          label={trans.__('More ways to start')}
          aria-haspopup="menu"
          onClick={event =>
            openMenu(
              [
                { label: trans.__('Start with a Message'), execute: onMessage },
                { label: trans.__('Use the Form'), execute: onForm }
              ],
              event.currentTarget
            )
          }
        />
      </div>
      <IconButton
        icon={searchIcon}
        label={trans.__('Search')}
        disabled={!props.searchable}
        autoFocus={props.focusSearch}
        onClick={onSearch}
      />
    </div>
  );
}
