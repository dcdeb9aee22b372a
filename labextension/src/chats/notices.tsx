import { closeIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Button, IconButton } from '../components/button';
import { ErrorMark } from '../components/marks';
import { useNow } from '../components/now';
import { clock } from '../components/times';
import { useTrans } from '../components/trans';

/** What a session is, where there is none yet. */
export function FirstUse({ onExample }: { onExample(): void }): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Chats-first">
      <p>{trans.__('A session is a conversation with an agent that works in this project’s notebooks.')}</p>
      <p>{trans.__('Ask for something, or try it on a copy of an example.')}</p>
      <Button onClick={onExample}>{trans.__('Open the example')}</Button>
    </div>
  );
}

interface IUnreachableProps {
  /** The list shown is from then. */
  since: number | null;
  nextTry: number | null;
  /** What the server said, if it said anything. */
  reason: string;
  onRetry(): void;
}

/** The list cannot be read now. */
export function Unreachable({ since, nextTry, reason, onRetry }: IUnreachableProps): React.JSX.Element {
  const trans = useTrans();
  const now = useNow(1000, nextTry !== null);
  const seconds = nextTry === null ? 0 : Math.ceil((nextTry - now) / 1000);
  return (
    <div className="jps-Card jps-mod-error" role="status">
      <div className="jps-Card-title">
        <ErrorMark />
        {reason ? trans.__('Sessions cannot be read') : trans.__('Server not reachable')}
      </div>
      <p>
        {reason ||
          (since === null
            ? trans.__('Running sessions go on.')
            : trans.__(
                'The list is from %1. Running sessions go on; what you type is kept here.',
                clock(since)
              ))}
      </p>
      <div className="jps-Actions">
        <Button icon={refreshIcon} onClick={onRetry}>
          {trans.__('Try again')}
        </Button>
        {seconds > 0 && <span className="jps-mod-muted">{trans.__('next try in %1 s', seconds)}</span>}
      </div>
    </div>
  );
}

/** Stands for a list that is being read, after 200 ms. */
export function Bars(): React.JSX.Element {
  return (
    <div className="jps-Bars" aria-hidden="true">
      <div />
      <div />
      <div />
    </div>
  );
}

interface INotSavedProps {
  reason: string;
  /** Left out where it would make no sense. */
  onAgain?(): void;
  onClose(): void;
}

/** A move was taken back, because it could not be saved. */
export function NotSaved({ reason, onAgain, onClose }: INotSavedProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Card jps-mod-error" role="alert">
      <div className="jps-Card-title">
        <ErrorMark />
        {trans.__('Order not saved')}
        <IconButton icon={closeIcon} label={trans.__('Close')} className="jps-Card-close" onClick={onClose} />
      </div>
      <p>{reason}</p>
      {onAgain && (
        <div className="jps-Actions">
          <Button icon={refreshIcon} onClick={onAgain}>
            {trans.__('Try again')}
          </Button>
        </div>
      )}
    </div>
  );
}

interface INameConflictProps {
  mine: string;
  theirs: string;
  onMine(): void;
  onTheirs(): void;
}

/** Two windows renamed a session at once: the person decides. */
export function NameConflict({ mine, theirs, onMine, onTheirs }: INameConflictProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Card jps-mod-here" role="alert">
      <div className="jps-Card-title">{trans.__('Renamed meanwhile')}</div>
      <p>{trans.__('In another window this session was named “%1”. You want “%2”.', theirs, mine)}</p>
      <div className="jps-Actions">
        <Button ref={focusOnce} className="jps-mod-cut" title={theirs} onClick={onTheirs}>
          {trans.__('Keep “%1”', theirs)}
        </Button>
        <Button className="jps-mod-cut" title={mine} onClick={onMine}>
          {trans.__('Use “%1”', mine)}
        </Button>
      </div>
    </div>
  );
}

/** For `ref`: give the focus to what has just come. */
export function focusOnce(node: HTMLElement | null): void {
  node?.focus();
}
