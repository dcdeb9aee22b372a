import { closeIcon, ellipsesIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Event } from '../api/schema';
import { Button, IconButton } from '../components/button';
import { Guard } from '../components/guard';
import { ErrorMark } from '../components/marks';
import { useTrans } from '../components/trans';
import type { ITarget } from '../models/conversation';
import { useFirstChanges, useModel } from '../models/observable';
import { FindingsButton } from './cards/findingsButton';
import { Composer, type IComposer } from './composer';
import { useConversation } from './context';
import { Empty } from './empty';
import { EntryView } from './entries/entry';
import { undoneText } from './entries/undoing';
import { LogView } from './log';
import { openMore } from './more';
import { Queue } from './queue';
import { Standing } from './standing';
import { Foot, Strip } from './strip';

/** A conversation: where it is, what was said, what goes on, what to say next. */
export function ConversationView(props: {
  projectName: string;
  composer: React.RefObject<IComposer>;
  /** In a sidebar, where tabs have no button for it. */
  onClose?: () => void;
}): React.JSX.Element {
  const { composer } = props;
  const trans = useTrans();
  const context = useConversation();
  const { model, focusComposer } = context;
  useModel(model);
  const takeBack = React.useCallback((typed: string) => composer.current?.takeBack(typed), [composer]);
  return (
    <div className="jps-Conversation-parts" onKeyDown={nextPart}>
      <div className="jps-Conversation-head" data-part="head">
        <span className="jps-Conversation-title">
          <span className="jps-mod-muted">{props.projectName} / </span>
          <b title={model.session?.name}>{model.session?.name}</b>
        </span>
        <FindingsButton />
        {model.state === 'ready' && (
          <IconButton
            icon={ellipsesIcon}
            label={trans.__('More about this session')}
            aria-haspopup="menu"
            onClick={event => openMore(trans, context, event.currentTarget)}
          />
        )}
        {props.onClose && <IconButton icon={closeIcon} label={trans.__('Close')} onClick={props.onClose} />}
      </div>
      <Body composer={composer} focusComposer={focusComposer} />
      {model.state === 'ready' && (
        <div className="jps-Bottom">
          <div>
            <Guard text={trans.__('What goes on cannot be shown')}>
              <Standing />
              <Strip />
              <Queue onLeft={focusComposer} onLate={takeBack} />
            </Guard>
            <Composer ref={composer} />
            <Foot />
          </div>
        </div>
      )}
      <Announcer trans={trans} />
    </div>
  );
}

function Body(props: { composer: React.RefObject<IComposer>; focusComposer(): void }): React.JSX.Element {
  const trans = useTrans();
  const { model, showReasoning } = useConversation();
  const { entries } = model;
  const shown = React.useMemo(
    () => (showReasoning ? entries : entries.filter(entry => entry.kind !== 'reasoning')),
    [entries, showReasoning]
  );
  switch (model.state) {
    case 'loading':
      return (
        <div className="jps-Bars jps-LogFrame" aria-hidden="true">
          <div />
          <div />
          <div />
        </div>
      );
    case 'gone':
      return (
        <div className="jps-Empty" role="status">
          <p>{trans.__('This session was deleted.')}</p>
        </div>
      );
    case 'failed':
      return (
        <div className="jps-Empty" role="status">
          <div className="jps-Card jps-mod-error">
            <div className="jps-Card-title">
              <ErrorMark />
              {model.error ? trans.__('The session cannot be read') : trans.__('Server not reachable')}
            </div>
            <p>{model.error}</p>
            <div className="jps-Actions">
              <Button icon={refreshIcon} onClick={() => void model.load()}>
                {trans.__('Try again')}
              </Button>
            </div>
          </div>
        </div>
      );
    case 'ready':
      return shown.length === 0 && !model.run ? (
        <div className="jps-LogFrame">
          <Empty onPick={text => props.composer.current?.setText(text)} />
        </div>
      ) : (
        <LogView
          model={model}
          entries={shown}
          render={entry => (
            <Guard of={entry}>
              <EntryView entry={entry} />
            </Guard>
          )}
          onEscape={props.focusComposer}
        />
      );
  }
}

/** Says to screen readers what has happened; what is being written stays silent. */
function Announcer({ trans }: { trans: TranslationBundle }): React.JSX.Element {
  const { model } = useConversation();
  const said = React.useRef('');
  const subscribe = React.useCallback(
    (changed: () => void) => {
      const listen = (_: unknown, event: Event) => {
        said.current = announcement(trans, event) ?? said.current;
        changed();
      };
      const jumped = (_: unknown, { found }: ITarget) => {
        said.current = found ? trans.__('Moved to the place that was found') : said.current;
        changed();
      };
      model.happened.connect(listen);
      model.jumped.connect(jumped);
      if (model.target) {
        jumped(model, model.target);
      }
      return () => {
        model.happened.disconnect(listen);
        model.jumped.disconnect(jumped);
      };
    },
    [model, trans]
  );
  const text = React.useSyncExternalStore(subscribe, () => said.current);
  useFirstChanges(subscribe); // the log goes to the place, and forgets it, as soon as it is drawn
  return (
    <div role="status" aria-live="polite" className="jps-Unseen">
      {text}
    </div>
  );
}

function announcement(trans: TranslationBundle, event: Event): string | null {
  switch (event.type) {
    case 'user.prompted':
      return trans.__('The agent asks: %1', event.data.question);
    case 'run.completed':
      return event.data.waits_for_answer ? null : trans.__('Agent answered');
    case 'run.failed':
      return trans.__('Run failed: %1', event.data.error.message);
    case 'run.cancelled':
      return event.data.steered ? trans.__('Your message was taken in') : trans.__('Interrupted');
    case 'line.forked':
      return trans.__('The conversation goes on from an earlier message');
    case 'run.undone':
      return event.data.unfinished ? null : undoneText(trans, event.data);
    case 'branch.switched':
      return trans.__('Works on %1 from here on', event.data.name);
    case 'merge.proposed':
      return trans.__(
        'The agent proposes to merge %1 into %2',
        event.data.source_name,
        event.data.target_name
      );
    case 'run.started':
      return '';
    default:
      return null;
  }
}

/** F6 goes to the next part, Shift F6 to the one before. */
function nextPart(event: React.KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'F6') {
    return;
  }
  const parts = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-part]')]
    .map(part => (part.tabIndex >= 0 ? part : part.querySelector<HTMLElement>('textarea, button')))
    .filter(part => part !== null);
  const from = parts.findIndex(part => part.contains(document.activeElement) || isBeside(part));
  const step = event.shiftKey ? -1 : 1;
  parts.at((from + step + parts.length) % parts.length)?.focus();
  event.preventDefault();
  event.stopPropagation();
}

function isBeside(part: HTMLElement): boolean {
  return part.closest('[data-part]')?.contains(document.activeElement) ?? false;
}
