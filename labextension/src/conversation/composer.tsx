import { caretDownIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Unreachable } from '../api/request';
import { telling } from '../chats/dialogs';
import { Button } from '../components/button';
import { branchIcon } from '../components/icons';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import { messageOf } from '../models/projects';
import { useConversation } from './context';
import { pickModel } from './picker';

/** What the view can do with the composer. */
export interface IComposer {
  focus(): void;
  setText(text: string): void;
}

/** Where messages are written: Enter sends, Shift Enter is a new line, ↑ in an empty box takes the last message. */
export const Composer = React.forwardRef<IComposer>(function Composer(_, ref) {
  const trans = useTrans();
  const { model, models, notebook } = useConversation();
  useModel(model);
  const [text, setText] = React.useState(model.place.value.draft);
  const [error, setError] = React.useState('');
  const box = React.useRef<HTMLTextAreaElement>(null);
  const running = model.run !== null || model.queue.length > 0;

  const write = (value: string) => {
    setText(value);
    setError('');
    model.place.set({ draft: value });
  };
  React.useImperativeHandle(ref, () => ({
    focus: () => box.current?.focus(),
    setText: value => {
      write(value);
      box.current?.focus();
    }
  }));
  const send = async () => {
    if (!text.trim()) {
      return;
    }
    write('');
    box.current?.focus();
    try {
      await model.send(text, { notebook: notebook() });
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
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      void send();
    } else if (event.key === 'ArrowUp' && text === '') {
      const last = model.entries.findLast(entry => entry.kind === 'user');
      if (last?.kind !== 'user') {
        return;
      }
      write(last.text);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="jps-Composer" data-part="composer">
      <div className="jps-Composer-grow" data-text={text}>
        <textarea
          ref={box}
          className="jps-Composer-box"
          value={text}
          aria-label={trans.__('Message to the agent')}
          placeholder={
            running
              ? trans.__('Message the agent. It waits until this run ends.')
              : trans.__('Ask about this project, or say what to do')
          }
          onChange={event => write(event.target.value)}
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
          look={text.trim() ? 'primary' : 'plain'}
          disabled={!text.trim()}
          onClick={() => void send()}
        >
          {running ? trans.__('Queue') : trans.__('Send')}
        </Button>
      </div>
    </div>
  );
});

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
