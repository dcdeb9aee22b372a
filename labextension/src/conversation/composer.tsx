import { caretDownIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Unreachable } from '../api/request';
import { telling } from '../chats/dialogs';
import { Button } from '../components/button';
import { branchIcon } from '../components/icons';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import { messageOf } from '../models/projects';
import { Suggestions, useCompletion } from './complete/listbox';
import { localAct } from './complete/options';
import { useConversation } from './context';
import { editLast } from './editlast';
import { act } from './more';
import { pickModel } from './picker';
import { blockersOf, whyBlocked } from './standing';

/** What the view can do with the composer. */
export interface IComposer {
  focus(): void;
  setText(text: string): void;
}

/**
 * Where messages are written: Enter sends or waits, Ctrl Enter sends into the run, Shift Enter is a
 * new line, ↑ in an empty box edits the last message.
 */
export const Composer = React.forwardRef<IComposer>(function Composer(_, ref) {
  const trans = useTrans();
  const context = useConversation();
  const { model, models, notebook } = context;
  useModel(model);
  const { session } = model;
  const starts = session !== undefined && !session.started;
  const request = (starts && session.request) || '';
  const blocking = session ? blockersOf(session) : [];
  const [text, setText] = React.useState(model.place.value.draft || request);
  const [error, setError] = React.useState('');
  const box = React.useRef<HTMLTextAreaElement>(null);
  const filled = React.useRef(request);
  const running = model.isBusy;

  const write = (value: string) => {
    setText(value);
    setError('');
    model.place.set({ draft: value });
  };
  React.useEffect(() => {
    // The request was changed elsewhere, and not touched here.
    if (request !== filled.current) {
      setText(now => (now === filled.current ? request : now));
      filled.current = request;
    }
  }, [request]);
  React.useImperativeHandle(ref, () => ({
    focus: () => box.current?.focus(),
    setText: value => {
      write(value);
      box.current?.focus();
    }
  }));
  const id = `jps-Suggestions-${model.id}`;
  const suggestions = useCompletion(id, (option, token) => {
    const rest = text.slice(token.end);
    const before = text.slice(0, token.start) + option.insert;
    write(before + rest.replace(/^ /, option.insert ? '' : ' '));
    window.requestAnimationFrame(() => box.current?.setSelectionRange(before.length, before.length));
    if (option.act) {
      act(trans, context, option.act);
    }
  });
  const send = async (steer: boolean) => {
    const local = localAct(text);
    if (!text.trim()) {
      return;
    }
    if (local) {
      write('');
      act(trans, context, local);
      return;
    }
    if (blocking.length > 0) {
      setError(whyBlocked(trans, blocking));
      return;
    }
    write('');
    suggestions.close();
    box.current?.focus();
    try {
      await model.acts.send(text, { notebook: notebook(), steer: steer && model.run !== null });
    } catch (reason) {
      // What was typed meanwhile stays, behind it.
      const since = model.place.value.draft;
      write(since ? `${text}\n${since}` : text);
      setError(
        reason instanceof Unreachable
          ? trans.__('Not sent: the server does not answer.')
          : trans.__('Not sent: %1', messageOf(reason))
      );
    }
  };
  const onKeyDown = (event: React.KeyboardEvent<HTMLTextAreaElement>) => {
    if (suggestions.onKey(event)) {
      // Chosen among the suggestions.
    } else if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      void send(event.ctrlKey || event.metaKey);
    } else if (event.key === 'ArrowUp' && text === '') {
      const last = editLast(model);
      if (last === null) {
        return;
      }
      write(last);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <div className="jps-Composer" data-part="composer">
        {suggestions.completion && (
          <Suggestions
            id={id}
            completion={suggestions.completion}
            onHover={suggestions.setActive}
            onChoose={suggestions.choose}
          />
        )}
        <div className="jps-Composer-grow" data-text={text}>
          <textarea
            ref={box}
            className="jps-Composer-box"
            value={text}
            aria-label={trans.__('Message to the agent')}
            {...suggestions.aria}
            placeholder={
              running
                ? trans.__('Message the agent. It waits until this run ends.')
                : trans.__('Ask about this project, or say what to do')
            }
            onChange={event => {
              write(event.target.value);
              suggestions.typed(event.target.value, event.target.selectionEnd);
            }}
            onBlur={suggestions.close}
            onKeyDown={onKeyDown}
          />
        </div>
        {error && (
          <div className="jps-Composer-error" role="alert">
            {error}
          </div>
        )}
        <div className="jps-Composer-bar">
          <ModelPicker
            onPick={at =>
              pickModel(
                trans,
                models,
                models.find(model.session?.model ?? null)?.id ?? null,
                id => void telling(() => model.setModel(id)),
                at
              )
            }
          />
          <span className="jps-Composer-branch" title={trans.__('Branch that the agent works on')}>
            <branchIcon.react tag="span" className="jps-Icon jps-mod-small" />
            <span>{model.session?.active_branch}</span>
          </span>
          <span className="jps-Spring" />
          <Button
            className="jps-Send"
            look={text.trim() && blocking.length === 0 ? 'primary' : 'plain'}
            disabled={!text.trim() || blocking.length > 0}
            title={blocking.length > 0 ? whyBlocked(trans, blocking) : undefined}
            onClick={() => void send(false)}
          >
            {running
              ? trans.__('Queue')
              : starts && (request || session.dependencies.length > 0)
                ? trans.__('Start')
                : trans.__('Send')}
          </Button>
        </div>
      </div>
      {model.run && <SendHint />}
    </>
  );
});

/** What the keys do while a run is at work. */
function SendHint(): React.JSX.Element {
  const trans = useTrans();
  const accel = /Mac|iPhone|iPad/.test(window.navigator.userAgent) ? '⌘' : trans.__('Ctrl');
  return (
    <div className="jps-SendHint">
      <kbd>{trans.__('Enter')}</kbd> {trans.__('waits for the run to end')} · <kbd>{accel}</kbd>{' '}
      <kbd>{trans.__('Enter')}</kbd> {trans.__('sends now')}
    </div>
  );
}

function ModelPicker({ onPick }: { onPick(at: HTMLElement): void }): React.JSX.Element {
  const trans = useTrans();
  const { model, models } = useConversation();
  useModel(models);
  const wanted = model.session?.model ?? null;
  const info = models.find(wanted);
  return (
    <button
      type="button"
      className="jps-Picker jps-mod-small"
      aria-haspopup="menu"
      title={trans.__('Model: %1', info?.id ?? wanted ?? '')}
      onClick={event => onPick(event.currentTarget)}
    >
      <span className="jps-Picker-name">{info?.display_name ?? wanted ?? trans.__('Model')}</span>
      <caretDownIcon.react tag="span" className="jps-Icon jps-mod-small" />
    </button>
  );
}
