import * as React from 'react';

import { telling } from '../chats/dialogs';
import { Button } from '../components/button';
import { useTrans } from '../components/trans';
import type { IEditing } from '../models/conversation';
import { messageOf } from '../models/projects';
import { useConversation } from './context';

interface IEditBoxProps {
  editing: IEditing;
  /** Name of the field for a screen reader. */
  label: string;
  /** What the button says. */
  act: string;
  hint?: string;
  onDone(text: string): Promise<void>;
  /** The box is gone, and with it the focus. */
  onLeft(done: boolean): void;
}

/** A message that is edited in its place: Enter does it, Escape leaves it. */
export function EditBox({ editing, label, act, hint, onDone, onLeft }: IEditBoxProps): React.JSX.Element {
  const trans = useTrans();
  const { model } = useConversation();
  const [text, setText] = React.useState(editing.text);
  const [error, setError] = React.useState('');
  const [busy, setBusy] = React.useState(false);
  // A person may have gone on to another message while this one was sent.
  const isHere = () => model.editing === editing;
  const leave = (isDone: boolean) => {
    if (isHere()) {
      model.editing = null;
      onLeft(isDone);
    }
  };
  const done = async () => {
    if (!text.trim() || busy) {
      return;
    }
    setBusy(true);
    try {
      await onDone(text);
      leave(true);
    } catch (reason) {
      if (!isHere()) {
        throw reason;
      }
      setError(messageOf(reason));
      setBusy(false);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape') {
      leave(false);
    } else if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      void telling(done);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="jps-EditBox">
      <div className="jps-Composer-grow jps-Field-grow" data-text={text}>
        <textarea
          className="jps-Composer-box"
          value={text}
          aria-label={label}
          autoFocus
          onFocus={event => event.target.setSelectionRange(text.length, text.length)}
          onChange={event => {
            // It survives being scrolled out of sight.
            editing.text = event.target.value;
            setText(event.target.value);
            setError('');
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {error && (
        <div className="jps-Composer-error" role="alert">
          {error}
        </div>
      )}
      <div className="jps-Actions">
        <Button look="primary" disabled={!text.trim() || busy} onClick={() => void telling(done)}>
          {act}
        </Button>
        <Button onClick={() => leave(false)}>{trans.__('Cancel')}</Button>
        {hint && <span className="jps-mod-muted jps-Hint">{hint}</span>}
      </div>
    </div>
  );
}
