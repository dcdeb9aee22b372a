import { caretLeftIcon, editIcon, historyIcon, undoIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Version } from '../../api/schema';
import { focusOnce } from '../../chats/notices';
import { Button, IconButton } from '../../components/button';
import { branchIcon } from '../../components/icons';
import { Segments } from '../../components/segments';
import { clock, fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { BranchesModel } from '../../models/branches';
import { useModel } from '../../models/observable';
import { kindText, versionLine } from '../words';
import { BranchForm } from './branchForm';
import { type IGroupEntry, type IVersionEntry, spanOf } from './entries';
import type { Against, HistoryState, ISides } from './state';

/** What a person can do with a version. */
export interface IVersionActs {
  onRestore(version: Version): Promise<void>;
  /** Take a merge, a restore or an undo back. */
  onTakeBack(version: Version): Promise<void>;
  /** Make a branch of it; answers with why it cannot be made. */
  onBranch(version: Version, name: string): Promise<string | null>;
  /** Draws what differs between two states of the notebook. */
  renderDifference(sides: ISides): React.ReactNode;
}

interface IPaneProps extends IVersionActs {
  state: HistoryState;
  entry: IVersionEntry | IGroupEntry;
  branches: BranchesModel;
  /** Go back to the list. */
  onLeave(): void;
}

/** The selected version: what can be done with it, and what it changed. */
export function VersionPane(props: IPaneProps): React.JSX.Element {
  const { entry, onLeave } = props;
  const trans = useTrans();
  const state = useModel(props.state);
  const { newest } = spanOf(entry);
  const sides = useSettled(state.sides(trans));
  const brancher = React.useRef<HTMLButtonElement>(null);
  return (
    <section
      className="jps-Pane"
      aria-label={trans.__('Selected version')}
      tabIndex={-1}
      onKeyDown={event => {
        if (event.key === 'Escape' && !event.defaultPrevented) {
          event.preventDefault();
          onLeave();
        }
      }}
    >
      <header className="jps-Pane-head">
        <IconButton
          icon={caretLeftIcon}
          label={trans.__('Back to the versions')}
          className="jps-Pane-back"
          onClick={onLeave}
        />
        <h2 title={newest.name ?? undefined}>{titleOf(trans, entry)}</h2>
        <span className="jps-mod-muted">{factsOf(trans, entry)}</span>
      </header>
      <div className="jps-Pane-tools">
        <Actions {...props} brancher={brancher} />
        <Segments<Against>
          label={trans.__('Compare with')}
          value={state.against}
          options={[
            { value: 'before', label: trans.__('With previous') },
            { value: 'present', label: trans.__('With present') }
          ]}
          onChange={against => state.compare(against)}
        />
      </div>
      <Question
        key={`${entry.key}-${state.asked}`}
        {...props}
        onClose={() => {
          state.ask(null);
          brancher.current?.focus();
        }}
      />
      <div className="jps-Pane-body jps-Changes">
        {state.against === 'present' && state.isPresent ? (
          <p className="jps-Pane-note">{trans.__('This is the notebook as it is now.')}</p>
        ) : (
          sides && props.renderDifference(sides)
        )}
      </div>
    </section>
  );
}

interface IActionsProps extends IPaneProps {
  brancher: React.Ref<HTMLButtonElement>;
}

function Actions(props: IActionsProps): React.JSX.Element {
  const { state, entry, branches, onRestore, onTakeBack } = props;
  const trans = useTrans();
  const { newest } = spanOf(entry);
  const [busy, act] = useBusy();
  const { shared } = entry;
  const restorable = !shared && !newest.deleted && !state.isPresent;
  const reversible = !shared && !newest.undone && ['merge', 'restore', 'undo'].includes(newest.kind);
  return (
    <div className="jps-Actions">
      {restorable && (
        <Button icon={historyIcon} disabled={busy} onClick={() => act(() => onRestore(newest))}>
          {trans.__('Restore this version')}
        </Button>
      )}
      {reversible && (
        <Button icon={undoIcon} disabled={busy} onClick={() => act(() => onTakeBack(newest))}>
          {trans.__('Take back')}
        </Button>
      )}
      {!newest.deleted && (
        <Button ref={props.brancher} icon={branchIcon} onClick={() => state.ask('branch')}>
          {trans.__('New branch from here…')}
        </Button>
      )}
      {entry.kind === 'version' && (
        <Button look="flat" icon={editIcon} onClick={() => state.edit(entry)}>
          {newest.name === null ? trans.__('Name…') : trans.__('Rename…')}
        </Button>
      )}
      {shared && (
        <span className="jps-mod-muted">
          {trans.__('A version of %1, which this branch was made from', branches.nameOf(newest.branch))}
        </span>
      )}
    </div>
  );
}

/** Asks in place: whether to restore, or what a new branch is called. */
function Question(props: IPaneProps & { onClose(): void }): React.JSX.Element | null {
  const { state, entry, branches, onBranch, onRestore } = props;
  const trans = useTrans();
  const { newest } = spanOf(entry);
  const id = React.useId();
  if (state.asked === 'branch') {
    return (
      <BranchForm
        version={newest}
        branches={branches.items}
        onCreate={async name => {
          const reason = await onBranch(newest, name);
          if (reason === null && state.asked === 'branch') {
            props.onClose();
          }
          return reason;
        }}
        onClose={props.onClose}
      />
    );
  }
  return state.asked === 'restore' ? (
    <div
      className="jps-Card jps-mod-here jps-Pane-question"
      role="alertdialog"
      aria-labelledby={id}
      aria-describedby={`${id}-text`}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          props.onLeave();
        }
      }}
    >
      <div id={id} className="jps-Card-title">
        {trans.__('Restore the version of %1?', clock(newest.created_at))}
      </div>
      <p id={`${id}-text`}>
        {trans.__('The notebook becomes what it was then. What it is now stays in its history.')}
      </p>
      <div className="jps-Actions">
        <Button
          look="primary"
          onClick={() => {
            props.onLeave();
            void onRestore(newest);
          }}
        >
          {trans.__('Restore')}
        </Button>
        <Button ref={focusOnce} onClick={props.onLeave}>
          {trans.__('Keep it as it is')}
        </Button>
      </div>
    </div>
  ) : null;
}

function titleOf(trans: ReturnType<typeof useTrans>, entry: IVersionEntry | IGroupEntry): string {
  const { newest } = spanOf(entry);
  return entry.kind === 'group'
    ? trans._n('Saved %1 time', 'Saved %1 times', entry.versions.length)
    : (newest.name ?? kindText(trans, newest));
}

function factsOf(trans: ReturnType<typeof useTrans>, entry: IVersionEntry | IGroupEntry): string {
  const { oldest, newest } = spanOf(entry);
  return entry.kind === 'group'
    ? trans.__('%1 – %2', fullTime(oldest.created_at), clock(newest.created_at))
    : [fullTime(newest.created_at), versionLine(trans, newest)].filter(Boolean).join(' · ');
}

/** Whether something is being done, so that it is not done twice. */
function useBusy(): [boolean, (act: () => Promise<void>) => void] {
  const [busy, setBusy] = React.useState(false);
  const act = (does: () => Promise<void>) => {
    setBusy(true);
    void does().finally(() => setBusy(false));
  };
  return [busy, act];
}

/** Milliseconds for which a selection must stay until its difference is read. */
const PAUSE = 120;

/** The sides, once one has stopped walking through the list. */
function useSettled(sides: ISides | null): ISides | null {
  const [settled, setSettled] = React.useState(sides);
  const latest = React.useRef(sides);
  latest.current = sides;
  const key = sides && `${sides.from} ${sides.to} ${sides.fromName} ${sides.toName}`;
  React.useEffect(() => {
    const timer = window.setTimeout(() => setSettled(latest.current), PAUSE);
    return () => window.clearTimeout(timer);
  }, [key]);
  return settled;
}
