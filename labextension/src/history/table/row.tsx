import { ellipsesIcon, type LabIcon, notebookIcon, undoIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { messageOf } from '../../api/request';
import type { Branch } from '../../api/schema';
import { STATUS_ICONS, statusWord } from '../../branches/status';
import { focusOnce } from '../../chats/notices';
import { Button } from '../../components/button';
import { Glyph } from '../../components/glyph';
import { compareIcon, mergeIcon } from '../../components/icons';
import { fullTime, when } from '../../components/times';
import { useTrans } from '../../components/trans';
import { MAIN } from '../../models/branches';

import { NameField } from '../../components/nameField';
import { type IPlacing, styleOf } from '../rows';
import { namesText, originText } from '../words';
import type { IBranchRow } from './branchRows';

/** What is pressed in a row. */
export type Act = 'open' | 'compare' | 'merge' | 'restore' | 'menu';

interface IRowProps extends IPlacing {
  row: IBranchRow;
  now: number;
  /** Its name is edited in place. */
  onName?(name: string | null, byKey: boolean): void;
  /** It is asked whether to delete it. */
  question?: IQuestionProps;
}

/** A branch: its name and where it comes from, how it stands, and what can be done with it. */
export const BranchRow = React.memo(function BranchRow(props: IRowProps): React.JSX.Element {
  const { row, now, onName, question } = props;
  const { branch, sessions, updatedAt } = row;
  const trans = useTrans();
  const origin = originText(trans, branch, row.parent, row.session, now);
  return (
    <div
      role="row"
      aria-rowindex={props.index}
      data-key={branch.id}
      tabIndex={props.active ? 0 : -1}
      className={`jps-Branch jps-mod-${branch.status}`}
      style={styleOf(props)}
    >
      <div role="gridcell" className="jps-Branch-name">
        <div className="jps-Row-name">
          {onName ? (
            <NameField label={trans.__('Name of the branch')} value={branch.name} onDone={onName} />
          ) : (
            <span className="jps-Row-text" title={branch.name} data-act="open">
              {branch.name}
            </span>
          )}
        </div>
        <div className="jps-Row-line2" title={`${origin}\n${fullTime(branch.created_at)}`}>
          {origin}
        </div>
      </div>
      <div role="gridcell" className="jps-Branch-status">
        <Glyph icon={STATUS_ICONS[branch.status]} />
        <span>{statusWord(trans, branch.status)}</span>
      </div>
      <div role="gridcell" className="jps-Branch-count">
        <span aria-hidden="true">{branch.id === MAIN ? '–' : branch.notebook_count.toLocaleString()}</span>
        <span className="jps-Unseen">
          {branch.id === MAIN
            ? ''
            : trans._n('%1 notebook changed', '%1 notebooks changed', branch.notebook_count)}
        </span>
      </div>
      <div role="gridcell" className="jps-Branch-sessions" title={sessions.join('\n')}>
        {sessions.length > 0 ? namesText(trans, sessions) : <span className="jps-mod-muted">–</span>}
      </div>
      <div role="gridcell" className="jps-Branch-when" title={fullTime(updatedAt)}>
        {when(trans, updatedAt, now)}
      </div>
      <div role="gridcell" className="jps-Branch-acts">
        <Acts branch={branch} />
      </div>
      {question && <Question {...question} />}
    </div>
  );
});

/** The list acts on clicks: `data-act` says what is pressed. */
function Acts({ branch }: { branch: Branch }): React.JSX.Element {
  const trans = useTrans();
  const { name } = branch;
  const acts: [Act, LabIcon, string][] =
    branch.status === 'deleted'
      ? [['restore', undoIcon, trans.__('Restore %1', name)]]
      : [
          ['open', notebookIcon, trans.__('Open a notebook on %1', name)],
          ...(branch.id === MAIN
            ? []
            : ([
                ['compare', compareIcon, trans.__('Compare %1 with main', name)],
                ['merge', mergeIcon, trans.__('Merge %1 into main', name)]
              ] satisfies [Act, LabIcon, string][])),
          ['menu', ellipsesIcon, trans.__('More about %1', name)]
        ];
  return (
    <>
      {acts.map(([act, icon, label]) => (
        <button
          key={act}
          type="button"
          className="jps-IconButton"
          title={label}
          aria-label={label}
          aria-haspopup={act === 'menu' ? 'menu' : undefined}
          tabIndex={-1}
          data-act={act}
        >
          <Glyph icon={icon} />
        </button>
      ))}
    </>
  );
}

interface IQuestionProps {
  name: string;
  onRemove(): Promise<void>;
  onKeep(): void;
  /** It takes so many pixels. */
  onHeight(height: number): void;
}

/** Asks in place whether a branch is to be deleted. */
function Question({ name, onRemove, onKeep, onHeight }: IQuestionProps): React.JSX.Element {
  const trans = useTrans();
  const [busy, setBusy] = React.useState(false);
  const [problem, setProblem] = React.useState<string | null>(null);
  const id = React.useId();
  const box = React.useRef<HTMLDivElement>(null);
  React.useLayoutEffect(() => {
    const sizes = new ResizeObserver(() => onHeight(box.current?.offsetHeight ?? 0));
    if (box.current) {
      sizes.observe(box.current);
    }
    return () => sizes.disconnect();
  }, [onHeight]);
  const remove = async () => {
    setBusy(true);
    try {
      await onRemove();
    } catch (error) {
      setBusy(false);
      setProblem(messageOf(error));
    }
  };
  return (
    <div
      ref={box}
      role="alertdialog"
      aria-label={trans.__('Delete %1?', name)}
      aria-describedby={id}
      className="jps-Branch-question"
      onClick={event => event.stopPropagation()}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          onKeep();
        }
        // The keys of the list are not for the question.
        if (event.key !== 'Tab') {
          event.stopPropagation();
        }
      }}
    >
      <span id={id} role={problem === null ? undefined : 'alert'}>
        {problem ?? trans.__('Delete this branch? Its notebooks leave the folder; it can be restored.')}
      </span>
      <div className="jps-Actions">
        <Button look="danger" disabled={busy} onClick={() => void remove()}>
          {trans.__('Delete branch')}
        </Button>
        <Button ref={focusOnce} onClick={onKeep}>
          {trans.__('Keep it')}
        </Button>
      </div>
    </div>
  );
}
