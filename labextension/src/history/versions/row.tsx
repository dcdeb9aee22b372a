import {
  caretDownIcon,
  caretRightIcon,
  deleteIcon,
  editIcon,
  fileIcon,
  historyIcon,
  type LabIcon,
  saveIcon,
  undoIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Version } from '../../api/schema';
import { Glyph } from '../../components/glyph';
import { branchIcon, chatsIcon, mergeIcon, pinIcon } from '../../components/icons';
import { clock, fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import { NameField } from '../../components/nameField';
import { type IPlacing, styleOf } from '../rows';
import { dayText, kindText, sizeText, versionLine } from '../words';
import type { IDayEntry, IForkEntry, IGroupEntry, IVersionEntry } from './entries';

interface IVersionRowProps extends IPlacing {
  entry: IVersionEntry;
  selected: boolean;
  /** It is what the notebook holds now. */
  present: boolean;
  /** Its name is edited in place. */
  onName?(name: string | null, byKey: boolean): void;
}

/** A version: what made it or what it is called, when, by whom, and how much it changed. */
export const VersionRow = React.memo(function VersionRow(props: IVersionRowProps): React.JSX.Element {
  const { entry, selected, present, onName } = props;
  const { version } = entry;
  const trans = useTrans();
  const title = version.name ?? kindText(trans, version);
  const second = versionLine(trans, version);
  const { shared, inside } = entry;
  return (
    <div
      role="row"
      aria-rowindex={props.index}
      aria-selected={selected}
      data-key={entry.key}
      tabIndex={props.active ? 0 : -1}
      className={classesOf({ selected, shared, inside, undone: version.undone })}
      style={styleOf(props)}
      title={onName ? undefined : [title, second, fullTime(version.created_at)].filter(Boolean).join('\n')}
    >
      <span className="jps-Version-icon">
        <Glyph icon={version.name === null ? iconOf(version) : pinIcon} />
      </span>
      <div role="gridcell" className="jps-Row-main">
        <div className="jps-Row-name">
          {onName ? (
            <NameField
              label={trans.__('Name of the version')}
              value={version.name ?? ''}
              placeholder={trans.__('Name, for example “As sent to Ann”')}
              onDone={onName}
            />
          ) : (
            <>
              <span className={`jps-Row-text${version.name === null ? '' : ' jps-mod-named'}`}>{title}</span>
              {present && <span className="jps-Version-now">{trans.__('present')}</span>}
              <time className="jps-Version-time" dateTime={version.created_at}>
                {clock(version.created_at)}
              </time>
            </>
          )}
        </div>
        <div className="jps-Row-line2">{second}</div>
      </div>
    </div>
  );
});

interface IGroupRowProps extends IPlacing {
  entry: IGroupEntry;
  selected: boolean;
}

/** Saves of a day with nothing between them: folded, or above them. */
export function GroupRow(props: IGroupRowProps): React.JSX.Element {
  const { entry, selected } = props;
  const { versions, open, shared } = entry;
  const trans = useTrans();
  const Caret = open ? caretDownIcon : caretRightIcon;
  const newest = clock(versions[0]?.created_at ?? '');
  const oldest = clock(versions.at(-1)?.created_at ?? '');
  return (
    <div
      role="row"
      aria-rowindex={props.index}
      aria-selected={selected}
      aria-expanded={open}
      data-key={entry.key}
      tabIndex={props.active ? 0 : -1}
      className={classesOf({ selected, shared, group: true })}
      style={styleOf(props)}
    >
      <span className="jps-Version-icon" data-act="fold" aria-hidden="true">
        <Caret.react tag="span" className="jps-Icon jps-mod-small" />
      </span>
      <div role="gridcell" className="jps-Row-main">
        <div className="jps-Row-name">
          <span className="jps-Row-text">{trans._n('Saved %1 time', 'Saved %1 times', versions.length)}</span>
          <span className="jps-Version-time">
            {oldest === newest ? newest : trans.__('%1 – %2', oldest, newest)}
          </span>
        </div>
        <div className="jps-Row-line2">
          {[trans.__('by you'), sizeText(trans, sumOf(versions))].filter(Boolean).join(' · ')}
        </div>
      </div>
    </div>
  );
}

/** The day of what is below it. */
export function DayRow(props: { entry: IDayEntry; now: number } & IPlacing): React.JSX.Element {
  const trans = useTrans();
  return (
    <div role="row" aria-rowindex={props.index} className="jps-Version-day" style={styleOf(props)}>
      <span role="gridcell">{dayText(trans, props.entry.ts, props.now)}</span>
    </div>
  );
}

/** The line where the branch was made. */
export function ForkRow(props: { entry: IForkEntry; from: string } & IPlacing): React.JSX.Element {
  const trans = useTrans();
  return (
    <div role="row" aria-rowindex={props.index} className="jps-Version-fork" style={styleOf(props)}>
      <Glyph icon={branchIcon} />
      <span role="gridcell">{trans.__('Forked here from %1', props.from)}</span>
    </div>
  );
}

function sumOf(versions: readonly Version[]): { cells: number; lines_added: number; lines_removed: number } {
  const sum = (of: (version: Version) => number) => versions.reduce((all, each) => all + of(each), 0);
  // A cell that was edited twice counts once or twice: only lines can be added up.
  return {
    cells: 0,
    lines_added: sum(each => each.lines_added),
    lines_removed: sum(each => each.lines_removed)
  };
}

function iconOf({ kind, deleted }: Version): LabIcon {
  if (deleted) {
    return deleteIcon;
  }
  const icons: Record<Version['kind'], LabIcon> = {
    found: fileIcon,
    save: saveIcon,
    run: chatsIcon,
    outside: fileIcon,
    rename: editIcon,
    delete: deleteIcon,
    restore: historyIcon,
    merge: mergeIcon,
    undo: undoIcon
  };
  return icons[kind];
}

function classesOf(on: Record<string, boolean>): string {
  return ['jps-Version', ...Object.keys(on).flatMap(name => (on[name] ? `jps-mod-${name}` : []))].join(' ');
}
