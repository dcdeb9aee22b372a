import * as React from 'react';

import { useNow } from '../../components/now';
import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import { actAt, type IPlacing, Rows } from '../rows';
import { type Entry, isVersion } from './entries';
import { keyAction } from './keys';
import { DayRow, ForkRow, GroupRow, VersionRow } from './row';
import type { HistoryState } from './state';

interface IListProps {
  state: HistoryState;
  nameOf(branch: string): string;
  /** Look at the difference of the selected version. */
  onEnter(): void;
  onName(state: HistoryState, entry: Entry, name: string | null, byKey: boolean): void;
  /** Ask whether the selected version is to be restored. */
  onRestore(): void;
}

const ROW = 44;
const LINE = 28;
/** With so few rows below those that are drawn, older ones are read. */
const NEAR = 20;

/** The versions, newest first; the selection goes with the focus. */
export function VersionList(props: IListProps): React.JSX.Element {
  const { state, onEnter, onRestore } = props;
  const trans = useTrans();
  const { model, entries, selected } = useModel(state);
  const now = useNow(60_000);
  const keys = React.useMemo(() => entries.map(each => each.key), [entries]);
  const heights = React.useMemo(() => entries.map(each => (isVersion(each) ? ROW : LINE)), [entries]);
  const stops = React.useMemo(() => entries.filter(isVersion).map(each => each.key), [entries]);
  const at = (key: string) => entries.find(each => each.key === key);
  const { focus } = state;
  React.useEffect(() => {
    const follow = () => {
      const entry = state.entries.find(each => each.key === focus.key);
      if (entry && entry !== state.selected) {
        state.select(entry);
      }
    };
    focus.changed.connect(follow);
    return () => {
      focus.changed.disconnect(follow);
    };
  }, [state, focus]);
  const onDrawn = React.useCallback(
    (end: number) => {
      if (end + NEAR >= entries.length && model.more && model.error === null) {
        void model.fetchMore();
      }
    },
    [entries, model]
  );
  return (
    <Rows
      label={trans.__('Versions')}
      className="jps-Versions"
      keys={keys}
      heights={heights}
      stops={stops}
      focus={focus}
      first={selected?.key}
      editing={state.naming}
      onDrawn={onDrawn}
      render={(index, placing) => (
        <EntryRow key={keys[index]} {...props} entry={entries[index]} placing={placing} now={now} />
      )}
      onPress={(event, key) => {
        const entry = at(key);
        state.select(entry);
        if (entry?.kind === 'group' && actAt(event.target) === 'fold') {
          state.fold(entry);
        } else if (isVersion(entry) && state.naming !== key) {
          state.enter(true);
        }
      }}
      onKey={(event, key) => {
        const entry = at(key);
        const act =
          entry &&
          keyAction(event, entry, {
            enter: onEnter,
            name: () => state.edit(entry),
            restore: onRestore,
            fold: open => entry.kind === 'group' && state.fold(entry, open)
          });
        act?.();
        return act !== undefined;
      }}
    />
  );
}

interface IEntryRowProps extends IListProps {
  entry: Entry | undefined;
  placing: IPlacing;
  now: number;
}

function EntryRow(props: IEntryRowProps): React.JSX.Element | null {
  const { entry, state, placing, now } = props;
  const selected = entry !== undefined && entry === state.selected;
  switch (entry?.kind) {
    case 'version': {
      const edited = state.naming === entry.key;
      return (
        <VersionRow
          {...placing}
          entry={entry}
          selected={selected}
          present={entry.version.id === state.model.newest?.id}
          onName={edited ? (name, byKey) => props.onName(state, entry, name, byKey) : undefined}
        />
      );
    }
    case 'group':
      return <GroupRow {...placing} entry={entry} selected={selected} />;
    case 'day':
      return <DayRow {...placing} entry={entry} now={now} />;
    case 'fork':
      return <ForkRow {...placing} entry={entry} from={props.nameOf(entry.from)} />;
    case undefined:
      return null;
  }
}
