import * as React from 'react';

import type { Branch } from '../../api/schema';
import { telling } from '../../chats/dialogs';
import { openMenu } from '../../components/menu';
import { useNow } from '../../components/now';
import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import { actAt, type IPlacing, Rows } from '../rows';
import { keyAction } from './keys';
import { type IBranchActs, rowItems, setStatus, withNotebook } from './menus';
import { BranchRow } from './row';
import type { BranchesState } from './state';

export interface ITableProps extends IBranchActs {
  state: BranchesState;
}

const ROW = 44;
/** Height of the question in a row, until it is measured. */
const QUESTION = 42;
/** Space below it. */
const SPACE = 8;

/** The branches of a project, main first. */
export function BranchTable(props: ITableProps): React.JSX.Element {
  const state = useModel(props.state);
  const trans = useTrans();
  const now = useNow(60_000);
  const { rows, asked, renaming } = state;
  const [question, setQuestion] = React.useState(QUESTION);
  const keys = React.useMemo(() => rows.map(each => each.branch.id), [rows]);
  const heights = React.useMemo(
    () => rows.map(each => (each.branch.id === asked ? ROW + question + SPACE : ROW)),
    [rows, asked, question]
  );
  const act = useActs(props);
  const render = (index: number, placing: IPlacing) => {
    const row = rows[index];
    if (!row) {
      return null;
    }
    const { branch } = row;
    return (
      <BranchRow
        key={branch.id}
        {...placing}
        row={row}
        now={now}
        onName={
          renaming === branch.id
            ? (name, byKey) => void telling(() => state.rename(branch, name, byKey))
            : undefined
        }
        question={
          asked === branch.id
            ? {
                name: branch.name,
                onRemove: async () => {
                  await state.remove(branch);
                  state.say(trans.__('%1 is deleted; it can be restored', branch.name));
                },
                onHeight: setQuestion,
                onKeep: () => {
                  state.ask(null);
                  state.focus.focus(branch.id);
                }
              }
            : undefined
        }
      />
    );
  };
  return (
    <Rows
      label={trans.__('Branches')}
      className="jps-Branches"
      keys={keys}
      heights={heights}
      focus={state.focus}
      editing={renaming ?? asked}
      head={<Head />}
      render={render}
      onPress={(event, key) => {
        const pressed = actAt(event.target);
        if (pressed !== undefined && key !== renaming) {
          act(pressed, key, (event.target as HTMLElement).closest<HTMLElement>('[data-act]'));
        }
      }}
      onMenu={(at, key) => act('menu', key, at)}
      onKey={(event, key) => {
        const row = (event.target as HTMLElement).closest<HTMLElement>('[data-key]');
        const alive = state.branches.get(key)?.status !== 'deleted';
        const does = keyAction(event, {
          open: () => act(alive ? 'open' : 'restore', key, row),
          rename: () => alive && state.edit(key),
          ask: () => alive && state.ask(key)
        });
        does?.();
        return does !== undefined;
      }}
    />
  );
}

function Head(): React.JSX.Element {
  const trans = useTrans();
  const columns = [
    ['name', trans.__('Branch')],
    ['status', trans.__('Status')],
    ['count', trans.__('Notebooks')],
    ['sessions', trans.__('Active in')],
    ['when', trans.__('Last change')]
  ];
  return (
    <div role="row" aria-rowindex={1} className="jps-Branches-head">
      {columns.map(([name, label]) => (
        <div key={name} role="columnheader" className={`jps-Branch-${name}`}>
          {label}
        </div>
      ))}
      <div role="columnheader" className="jps-Branch-acts">
        <span className="jps-Unseen">{trans.__('Actions')}</span>
      </div>
    </div>
  );
}

type Place = HTMLElement | { x: number; y: number } | null;

/** Does what is pressed in a row. */
function useActs(props: ITableProps): (act: string, id: string, at: Place) => void {
  const { state, onOpen, onCompare, onMerge } = props;
  const trans = useTrans();
  return (act, id, at) => {
    const branch = state.branches.get(id);
    if (!branch || !at) {
      return;
    }
    const pick = (does: (branch: string, notebook: string) => void) =>
      void telling(() => withNotebook(trans, state, branch, at, notebook => does(id, notebook)));
    const acts: Record<string, (branch: Branch) => void> = {
      open: () => pick(onOpen),
      compare: () => pick(onCompare),
      merge: () => onMerge(id),
      restore: () => void setStatus(trans, state, branch, 'active'),
      menu: () => openMenu(rowItems(trans, state, branch, props, at), at)
    };
    if (branch.status !== 'deleted' || act === 'restore' || act === 'menu') {
      acts[act]?.(branch);
    }
  };
}
