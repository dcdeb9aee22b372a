import { caretDownIcon, notebookIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { telling } from '../../chats/dialogs';
import { Bars } from '../../chats/notices';
import { openMenu } from '../../components/menu';
import { Segments } from '../../components/segments';
import { useTrans } from '../../components/trans';
import { MAIN } from '../../models/branches';
import { useModel } from '../../models/observable';
import { CannotRead } from '../problem';
import type { BranchesState } from './state';
import { BranchTable, type ITableProps } from './table';

/** A way to look at the branches. */
export interface IBranchesLook {
  readonly id: string;
  readonly label: string;
  render(): React.JSX.Element;
}

/** All branches of a project, or those of one notebook. */
export function BranchesView(props: ITableProps): React.JSX.Element {
  const state = useModel(props.state);
  const trans = useTrans();
  const looks: readonly IBranchesLook[] = [
    { id: 'linear', label: trans.__('Linear'), render: () => <Table {...props} /> }
  ];
  const [look, setLook] = React.useState('linear');
  if (state.gone) {
    return (
      <div className="jps-Page-column">
        <p role="status">{trans.__('This project was deleted.')}</p>
      </div>
    );
  }
  return (
    <div className="jps-Page-body jps-History">
      <div className="jps-Bar" role="toolbar" aria-label={trans.__('Branches')}>
        {looks.length > 1 && (
          <Segments
            label={trans.__('View')}
            value={look}
            options={looks.map(each => ({ value: each.id, label: each.label }))}
            onChange={setLook}
          />
        )}
        <NotebookPicker state={state} />
        {state.deleted > 0 && (
          <label className="jps-Bar-check">
            <input type="checkbox" checked={state.showDeleted} onChange={() => state.toggleDeleted()} />
            <span>{trans.__('Show deleted (%1)', state.deleted.toLocaleString())}</span>
          </label>
        )}
        <span className="jps-Bar-space" />
        {state.branches.items.length > FEW && (
          <input
            type="search"
            className="jps-Field jps-Bar-search"
            value={state.filter}
            placeholder={trans.__('Find a branch')}
            aria-label={trans.__('Find a branch')}
            onChange={event => state.type(event.target.value)}
          />
        )}
      </div>
      {looks.find(each => each.id === look)?.render()}
      <div role="status" className="jps-Unseen">
        {state.said}
      </div>
    </div>
  );
}

/** More branches than these can be searched by name. */
const FEW = 8;

function Table(props: ITableProps): React.JSX.Element {
  const { state } = props;
  const trans = useTrans();
  return (
    <>
      {state.error !== null && (
        <CannotRead
          what={trans.__('Branches cannot be read')}
          reason={state.error}
          kept={state.loaded}
          onRetry={() => void state.read()}
        />
      )}
      {!state.loaded ? state.error === null && <Bars /> : <BranchTable {...props} />}
      {state.loaded && state.error === null && <Hint state={state} />}
    </>
  );
}

/** What a branch is, where there is none yet; and why others are not shown. */
function Hint({ state }: { state: BranchesState }): React.JSX.Element | null {
  const trans = useTrans();
  const { rows, notebook, filter, branches } = state;
  const own = branches.items.length - 1;
  if (filter.trim() !== '') {
    return rows.length > 0 ? null : (
      <p className="jps-Branches-hint" role="status">
        {trans.__('Nothing found for “%1”.', filter.trim())}
      </p>
    );
  }
  if (own <= 0) {
    return (
      <p className="jps-Branches-hint">
        {trans.__(
          'No branches yet. A branch is a line of versions of its own: what is changed there leaves main as it is. Make one from the branch button of a notebook or of a session.'
        )}
      </p>
    );
  }
  return notebook !== null && rows.length === 1 ? (
    <p className="jps-Branches-hint">{trans.__('No branch has changed this notebook.')}</p>
  ) : null;
}

function NotebookPicker({ state }: { state: BranchesState }): React.JSX.Element {
  const trans = useTrans();
  const { notebook } = state;
  const show = async (button: HTMLElement) => {
    const notebooks = (await telling(() => state.notebooksOf(MAIN))) ?? [];
    openMenu(
      [
        { label: trans.__('All notebooks'), toggled: notebook === null, execute: () => state.look(null) },
        ...(notebooks.length > 0 ? [null] : []),
        ...notebooks.map(each => ({
          label: each,
          toggled: each === notebook,
          execute: () => state.look(each)
        }))
      ],
      button
    );
  };
  return (
    <button
      type="button"
      className="jps-Picker jps-mod-small"
      aria-haspopup="menu"
      title={notebook ?? trans.__('Branches of all notebooks')}
      onClick={event => void show(event.currentTarget)}
    >
      <notebookIcon.react tag="span" className="jps-Icon" />
      <span className="jps-Picker-name">{notebook?.split('/').at(-1) ?? trans.__('All notebooks')}</span>
      <caretDownIcon.react tag="span" className="jps-Icon jps-mod-small" />
    </button>
  );
}
