import { caretDownIcon, notebookIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { telling } from '../../chats/dialogs';
import { Bars } from '../../chats/notices';
import { openMenu } from '../../components/menu';
import { Segments } from '../../components/segments';
import { useTrans } from '../../components/trans';
import { MAIN } from '../../models/branches';
import { useModel } from '../../models/observable';
import type { Colours } from '../../branches/diff/colours';
import { CannotRead } from '../problem';
import { TreeModel } from '../tree/model';
import { TreeTools } from '../tree/tools';
import { TreeView } from '../tree/view';
import type { BranchesState } from './state';
import { BranchTable, type ITableProps } from './table';

export interface IBranchesViewProps extends ITableProps {
  colours: Colours | null;
}

/** All branches of a project, or those of one notebook. */
export function BranchesView(props: IBranchesViewProps): React.JSX.Element {
  const state = useModel(props.state);
  const trans = useTrans();
  const { view } = state;
  const tree = useTree(state);
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
        <Segments
          label={trans.__('View')}
          value={view}
          options={[
            { value: 'linear', label: trans.__('Linear') },
            { value: 'tree', label: trans.__('Tree') }
          ]}
          onChange={chosen => {
            state.view = chosen;
          }}
        />
        <NotebookPicker state={state} />
        {state.deleted > 0 && (
          <label className="jps-Bar-check">
            <input type="checkbox" checked={state.showDeleted} onChange={() => state.toggleDeleted()} />
            <span>{trans.__('Show deleted (%1)', state.deleted.toLocaleString())}</span>
          </label>
        )}
        <span className="jps-Bar-space" />
        {tree ? <TreeTools model={tree} acts={props} /> : view === 'linear' && <Search state={state} />}
      </div>
      {view === 'linear' ? (
        <Table {...props} />
      ) : tree ? (
        <TreeView key={tree.notebook} model={tree} acts={props} colours={props.colours} />
      ) : (
        <p className="jps-Branches-hint">
          {trans.__('Choose a notebook above: its branches are shown as a tree.')}
        </p>
      )}
      <div role="status" className="jps-Unseen">
        {state.said}
      </div>
    </div>
  );
}

/** The tree of the notebook, while it is looked at. */
function useTree(state: BranchesState): TreeModel | null {
  const notebook = state.view === 'tree' ? state.notebook : null;
  const [tree, setTree] = React.useState<TreeModel | null>(null);
  React.useEffect(() => {
    const made = notebook === null ? null : new TreeModel(state, notebook);
    setTree(made);
    return () => made?.dispose();
  }, [state, notebook]);
  return tree !== null && tree.notebook === notebook ? tree : null;
}

function Search({ state }: { state: BranchesState }): React.JSX.Element | null {
  const trans = useTrans();
  return state.branches.items.length > FEW ? (
    <input
      type="search"
      className="jps-Field jps-Bar-search"
      value={state.filter}
      placeholder={trans.__('Find a branch')}
      aria-label={trans.__('Find a branch')}
      onChange={event => state.type(event.target.value)}
    />
  ) : null;
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
