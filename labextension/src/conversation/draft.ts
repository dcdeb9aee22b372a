import * as React from 'react';

import { Unreachable } from '../api/request';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import { messageOf } from '../models/projects';
import { localAct } from './complete/options';
import { useConversation } from './context';
import { act } from './more';
import { blockersOf, whyBlocked } from './standing';

export interface IDraft {
  readonly text: string;
  /** Why it was not sent. */
  readonly error: string;
  /** Why the session cannot start; empty when it can. */
  readonly blocked: string;
  /** It would start the session as it was written down. */
  readonly starts: boolean;
  write(text: string): void;
  /** Take a change back that came too late for a message that waited. */
  takeBack(typed: string): void;
  /** Send it; `steer` into the run that is at work. */
  send(steer: boolean): Promise<void>;
}

/** The message that is being written: kept over a reload, begun with the session's request. */
export function useDraft(box: React.RefObject<HTMLElement>): IDraft {
  const trans = useTrans();
  const context = useConversation();
  const { model, notebook } = context;
  const { session } = useModel(model);
  const unstarted = session !== undefined && !session.started;
  const request = (unstarted && session.request) || '';
  const blocking = session ? blockersOf(session) : [];
  const blocked = blocking.length > 0 ? whyBlocked(trans, blocking) : '';
  const [text, setText] = React.useState(model.place.value.draft || request);
  const [error, setError] = React.useState('');
  const filled = React.useRef(request);
  React.useEffect(() => {
    // The request was changed elsewhere, and not touched here.
    if (request !== filled.current) {
      setText(now => (now === filled.current ? request : now));
      filled.current = request;
    }
  }, [request]);

  const write = (value: string) => {
    setText(value);
    setError('');
    model.place.set({ draft: value });
  };
  const takeBack = (typed: string) => {
    write(text ? `${text}\n${typed}` : typed);
    setError(trans.__('What you changed was not sent: that message does not wait any more.'));
  };
  const failed = (reason: unknown) => {
    // What was typed meanwhile stays, behind it.
    const since = model.place.value.draft;
    write(since ? `${text}\n${since}` : text);
    setError(
      reason instanceof Unreachable
        ? trans.__('Not sent: the server does not answer.')
        : trans.__('Not sent: %1', messageOf(reason))
    );
  };
  const send = async (steer: boolean) => {
    const local = localAct(text);
    if (local) {
      write('');
      act(trans, context, local, box.current ?? document.body);
    } else if (blocked && text.trim()) {
      setError(blocked);
    } else if (text.trim()) {
      write('');
      try {
        await model.acts.send(text, { notebook: notebook(), steer: steer && model.run !== null });
      } catch (reason) {
        failed(reason);
      }
    }
  };
  const starts = unstarted && (request !== '' || session.dependencies.length > 0);
  return { text, error, blocked, starts, write, takeBack, send };
}
