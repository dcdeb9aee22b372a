import { caretDownIcon, notebookIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Bars } from '../../chats/notices';
import { Button } from '../../components/button';
import { branchIcon } from '../../components/icons';
import { openMenu } from '../../components/menu';
import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import type { BranchesModel } from '../../models/branches';
import { CannotRead } from '../problem';
import { VersionList } from './list';
import { type IVersionActs, VersionPane } from './pane';
import type { HistoryState } from './state';

export interface IHistoryProps extends IVersionActs {
  state: HistoryState;
  branches: BranchesModel;
  /** Look at the history on another branch. */
  onSwitch(branch: string): void;
  onOpen(): void;
  onBranches(): void;
  onName: React.ComponentProps<typeof VersionList>['onName'];
}

/** The history of a notebook on one branch: its versions, and what each of them changed. */
export function HistoryView(props: IHistoryProps): React.JSX.Element {
  const state = useModel(props.state);
  const branches = useModel(props.branches);
  const trans = useTrans();
  const { model, selected } = state;
  const body = React.useRef<HTMLDivElement>(null);
  const pane = () => body.current?.querySelector<HTMLElement>('.jps-Pane')?.focus();
  const enter = () => {
    state.enter(true);
    pane();
  };
  const { inside } = state;
  React.useLayoutEffect(() => {
    // In a narrow tab the list, which had the focus, is not seen any more.
    if (inside && body.current?.querySelector<HTMLElement>('.jps-Versions')?.offsetParent === null) {
      pane();
    }
  }, [inside]);
  const leave = () => {
    state.ask(null);
    state.enter(false);
    state.focus.focus(state.selected?.key);
  };
  return (
    <div className="jps-Page-body jps-History">
      <Toolbar {...props} />
      {model.error !== null && (
        <CannotRead
          what={trans.__('Versions cannot be read')}
          reason={model.error}
          kept={model.loaded}
          onRetry={() => void model.refresh()}
        />
      )}
      {!model.loaded ? (
        model.error === null && <Bars />
      ) : selected === undefined ? (
        <Empty more={model.more} />
      ) : (
        <div ref={body} className={`jps-History-body${state.inside ? ' jps-mod-inside' : ''}`}>
          <VersionList
            state={state}
            nameOf={id => branches.nameOf(id)}
            onEnter={enter}
            onName={props.onName}
            onRestore={() => {
              const { selected: entry } = state;
              if (entry?.kind === 'version' && !entry.shared && !state.isPresent && !entry.version.deleted) {
                state.enter(true);
                state.ask('restore');
              }
            }}
          />
          <VersionPane {...props} entry={selected} onLeave={leave} />
        </div>
      )}
      <div role="status" className="jps-Unseen">
        {state.said}
      </div>
    </div>
  );
}

function Toolbar({ state, branches, onSwitch, onOpen, onBranches }: IHistoryProps): React.JSX.Element {
  const trans = useTrans();
  const { notebook, branch } = state.model.place;
  const name = branches.nameOf(branch);
  return (
    <div className="jps-Bar jps-mod-line" role="toolbar" aria-label={trans.__('History')}>
      <button type="button" className="jps-Picker jps-mod-small" title={notebook} onClick={onOpen}>
        <notebookIcon.react tag="span" className="jps-Icon" />
        <span className="jps-Picker-name">{notebook.split('/').at(-1)}</span>
      </button>
      <span className="jps-mod-muted jps-Bar-word">{trans.__('on')}</span>
      <button
        type="button"
        className="jps-Picker jps-mod-small"
        aria-haspopup="menu"
        title={trans.__('Branch: %1', name)}
        onClick={event =>
          openMenu(
            branches.items
              .filter(each => each.status !== 'deleted' || each.id === branch)
              .slice(0, MOST)
              .map(each => ({
                label: each.name,
                toggled: each.id === branch,
                execute: () => onSwitch(each.id)
              })),
            event.currentTarget
          )
        }
      >
        <branchIcon.react tag="span" className="jps-Icon" />
        <span className="jps-Picker-name">{name}</span>
        <caretDownIcon.react tag="span" className="jps-Icon jps-mod-small" />
      </button>
      <span className="jps-Bar-space" />
      <Button look="flat" icon={branchIcon} aria-label={trans.__('Branches')} onClick={onBranches}>
        <span className="jps-Bar-word">{trans.__('Branches')}</span>
      </Button>
    </div>
  );
}

/** A menu has no more than so many branches; the others are found on their page. */
const MOST = 50;

function Empty({ more }: { more: boolean }): React.JSX.Element {
  const trans = useTrans();
  return more ? (
    <Bars />
  ) : (
    <div className="jps-Page-column">
      <p role="status">
        {trans.__(
          'No versions yet. The first one is made when the notebook is saved, or when an agent works on it.'
        )}
      </p>
    </div>
  );
}
