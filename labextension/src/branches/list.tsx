import { addIcon, checkIcon, ellipsesIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Branch } from '../api/schema';
import { IconButton } from '../components/button';
import { branchIcon } from '../components/icons';
import { type IMenuItem, openMenu } from '../components/menu';
import { useTrans } from '../components/trans';
import type { IPicking } from './picker';
import { actionRows, branchRows, named, type PickerRow, steppedTo } from './rows';
import { StatusMark } from './status';

/** Height of a row. */
const ROW = 26;
/** Rows that are drawn above and below those in view. */
const MORE = 8;
const SHOWN = 11;

interface IListProps {
  picking: IPicking;
  onClose(): void;
}

/**
 * A field that filters or names, the branches, and what else can be done.
 *
 * The focus stays in the field: up and down walk, Enter chooses, Shift F10 opens the menu of a branch.
 */
export function BranchList({ picking, onClose }: IListProps): React.JSX.Element {
  const trans = useTrans();
  const id = React.useId();
  const [text, setText] = React.useState('');
  const [deleted, setDeleted] = React.useState(false);
  const [walked, setWalked] = React.useState<string | null>(null);
  const list = React.useRef<HTMLDivElement>(null);
  const rows = branchRows(picking.groups(deleted), text);
  const actions = actionRows(useActions(picking, text, deleted, setDeleted));
  const all = [...rows, ...actions];
  const here = indexOf(all, walked ?? (text.trim() ? null : picking.current));
  const leave = (act: () => void) => {
    onClose();
    act();
  };
  const choose = (row: PickerRow | undefined) => {
    if (row?.kind === 'branch' && row.option.reason === undefined) {
      leave(() => picking.onChoose(row.option.branch));
    } else if (row?.kind === 'action' && !row.item.disabled) {
      // What only changes the list leaves it open.
      (row.item.toggled === undefined ? leave : (act: () => void) => act())(row.item.execute);
    }
  };
  const menu = (branch: Branch, at: HTMLElement | null | undefined) => {
    const rect = (at ?? list.current)?.getBoundingClientRect();
    const items = picking.menuOf(branch).map(item => item && { ...item, execute: () => leave(item.execute) });
    openMenu(items, { x: rect?.left ?? 0, y: rect?.bottom ?? 0 });
  };
  const go = (index: number) => {
    setWalked(all[index]?.key ?? null);
    // Behind the last branch the list shows its end.
    reveal(list.current, Math.min(index, rows.length - 1));
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const row = all[here];
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: SHOWN, PageUp: -SHOWN }[event.key];
    if (event.nativeEvent.isComposing) {
      return;
    }
    if (step !== undefined) {
      go(steppedTo(all, here, step));
    } else if (event.key === 'Enter') {
      choose(row);
    } else if (event.key === 'Escape') {
      onClose();
    } else if (row?.kind === 'branch' && isMenuKey(event)) {
      menu(row.option.branch, document.getElementById(`${id}-${row.key}`));
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const shared = { id, here: all[here]?.key ?? null, current: picking.current, onHover: setWalked };
  return (
    <>
      <input
        ref={focusField}
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={all[here] && `${id}-${all[here].key}`}
        aria-label={trans.__('Find or name a branch')}
        placeholder={trans.__('Find or name a branch')}
        className="jps-Field"
        autoComplete="off"
        value={text}
        onChange={event => {
          setText(event.target.value);
          setWalked(null);
          if (list.current) {
            list.current.scrollTop = 0;
          }
        }}
        onKeyDown={onKeyDown}
      />
      {/* The field keeps the focus. */}
      <div id={id} role="listbox" aria-label={picking.label} onMouseDown={event => event.preventDefault()}>
        <Rows {...shared} ref={list} rows={rows} start={here} onChoose={choose} onMenu={menu} />
        {rows.length === 0 && <None picking={picking} text={text} />}
        <div className="jps-BranchPicker-actions" role="presentation">
          {actions.map(row => (
            <ActionRow key={row.key} {...shared} row={row} onChoose={choose} />
          ))}
        </div>
      </div>
    </>
  );
}

/** New branch first, then what the place offers; last, the deleted ones. */
function useActions(
  { branches, actions, groups, onNew }: IPicking,
  text: string,
  deleted: boolean,
  setDeleted: (deleted: boolean) => void
): IMenuItem[] {
  const trans = useTrans();
  const name = text.trim();
  const isNew = name !== '' && !named(branches.items, name);
  const gone = branches.items.filter(each => each.status === 'deleted').length;
  return [
    {
      label: isNew ? trans.__('New branch “%1”…', name) : trans.__('New branch…'),
      icon: addIcon,
      execute: () => onNew(isNew ? name : '')
    },
    ...actions,
    ...(gone > 0 && groups(true).length > 0
      ? [
          {
            label: trans.__('Show deleted (%1)', gone),
            toggled: deleted,
            execute: () => setDeleted(!deleted)
          }
        ]
      : [])
  ];
}

function None({ picking, text }: { picking: IPicking; text: string }): React.JSX.Element {
  const trans = useTrans();
  const { loaded, error } = picking.branches;
  return (
    <p className="jps-BranchPicker-none jps-mod-muted" role="status">
      {text.trim() && loaded
        ? trans.__('No branch is called “%1”.', text.trim())
        : (error ?? (loaded ? trans.__('There is no branch.') : trans.__('Reading…')))}
    </p>
  );
}

interface IShared {
  /** Id of the list; those of the options begin with it. */
  id: string;
  /** Key of the row that Enter chooses. */
  here: string | null;
  current: string | null;
  onHover(key: string): void;
}

interface IRowsProps extends IShared {
  rows: readonly PickerRow[];
  /** Row to begin at. */
  start: number;
  onChoose(row: PickerRow): void;
  onMenu(branch: Branch, at: HTMLElement): void;
}

/** Only the rows in view are drawn, each at its place. */
const Rows = React.forwardRef<HTMLDivElement, IRowsProps>(function Rows(props, ref) {
  const { rows, start, ...shared } = props;
  const [top, setTop] = React.useState(() => Math.max(0, start * ROW - (SHOWN - 1) * ROW));
  const first = Math.max(0, Math.floor(top / ROW) - MORE);
  const shown = rows.slice(first, first + SHOWN + 2 * MORE);
  const total = rows.filter(row => row.kind === 'branch').length;
  const scroller = ref as React.RefObject<HTMLDivElement>;
  // Only once: from then on the person scrolls.
  React.useLayoutEffect(() => {
    scroller.current?.scrollTo({ top });
  }, []);
  return (
    <div
      ref={ref}
      role="presentation"
      className="jps-BranchPicker-rows"
      onScroll={event => setTop(event.currentTarget.scrollTop)}
    >
      <div role="presentation" style={{ height: rows.length * ROW }}>
        {shown.map((row, index) => (
          <div
            key={row.key}
            role="presentation"
            className="jps-BranchPicker-place"
            style={{ top: (first + index) * ROW }}
          >
            {row.kind === 'heading' ? (
              <div className="jps-BranchPicker-heading jps-Row-caption" role="presentation">
                {row.label}
              </div>
            ) : (
              row.kind === 'branch' && <BranchRow {...shared} row={row} total={total} place={first + index} />
            )}
          </div>
        ))}
      </div>
    </div>
  );
});

interface IBranchRowProps extends Omit<IRowsProps, 'rows' | 'start'> {
  row: PickerRow & { kind: 'branch' };
  total: number;
  place: number;
}

function BranchRow(props: IBranchRowProps): React.JSX.Element {
  const { id, here, current, row, onChoose, onMenu, onHover } = props;
  const trans = useTrans();
  const { branch, reason } = row.option;
  return (
    <div
      id={`${id}-${row.key}`}
      role="option"
      aria-selected={branch.id === current}
      aria-disabled={reason !== undefined}
      aria-setsize={props.total}
      aria-posinset={props.place + 1}
      className={`jps-BranchPicker-row ${row.key === here ? 'jps-mod-active' : ''}`}
      title={reason === undefined ? branch.name : `${branch.name}\n${reason}`}
      onMouseMove={() => row.key !== here && onHover(row.key)}
      onClick={() => onChoose(row)}
      onContextMenu={event => {
        event.preventDefault();
        event.stopPropagation();
        onMenu(branch, event.currentTarget);
      }}
    >
      <span className="jps-BranchPicker-check">
        {branch.id === current && <checkIcon.react tag="span" className="jps-Icon jps-mod-small" />}
      </span>
      <span className="jps-BranchPicker-name">{branch.name}</span>
      {reason !== undefined && branch.status !== 'deleted' ? (
        <span className="jps-BranchStatus">{reason}</span>
      ) : (
        <StatusMark status={branch.status} />
      )}
      <IconButton
        icon={ellipsesIcon}
        label={trans.__('More about %1', branch.name)}
        tabIndex={-1}
        aria-haspopup="menu"
        onClick={event => {
          event.stopPropagation();
          onMenu(branch, event.currentTarget);
        }}
      />
    </div>
  );
}

function ActionRow(
  props: IShared & { row: PickerRow; onChoose(row: PickerRow): void }
): React.JSX.Element | null {
  const { id, here, row, onHover, onChoose } = props;
  if (row.kind !== 'action') {
    return null;
  }
  const { label, caption, icon = branchIcon, disabled, toggled } = row.item;
  const Icon = toggled === undefined ? icon : checkIcon;
  return (
    <div
      id={`${id}-${row.key}`}
      role="option"
      aria-selected={toggled ?? false}
      aria-disabled={disabled}
      className={`jps-BranchPicker-row ${row.key === here ? 'jps-mod-active' : ''}`}
      title={caption}
      onMouseMove={() => row.key !== here && onHover(row.key)}
      onClick={() => onChoose(row)}
    >
      <span className="jps-BranchPicker-check">
        {toggled !== false && <Icon.react tag="span" className="jps-Icon jps-mod-small" />}
      </span>
      <span className="jps-BranchPicker-name">{label}</span>
    </div>
  );
}

/** Place of a row that Enter can choose; the first one when there is none of that key. */
function indexOf(rows: readonly PickerRow[], key: string | null): number {
  const found = rows.findIndex(row => row.key === key);
  return found >= 0
    ? found
    : Math.max(
        0,
        rows.findIndex(row => row.kind !== 'heading')
      );
}

/** Scroll the list until a row is in view; a heading above it too. */
function reveal(list: HTMLElement | null, index: number): void {
  if (list && index >= 0) {
    const top = index * ROW;
    const from = Math.max(0, index === 1 ? 0 : top);
    if (from < list.scrollTop) {
      list.scrollTop = from;
    } else if (top + ROW > list.scrollTop + list.clientHeight) {
      list.scrollTop = top + ROW - list.clientHeight;
    }
  }
}

function isMenuKey(event: React.KeyboardEvent): boolean {
  return event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey);
}

function focusField(field: HTMLInputElement | null): void {
  field?.focus();
}
