import { caretDownIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { telling } from '../chats/dialogs';
import { Button } from '../components/button';
import { branchIcon } from '../components/icons';
import { useTrans } from '../components/trans';
import { MAIN } from '../models/branches';
import { useModel } from '../models/observable';
import { Suggestions, useCompletion } from './complete/listbox';
import { useConversation } from './context';
import { type IDraft, useDraft } from './draft';
import { editLast } from './editlast';
import { act } from './more';
import { pickModel } from './picker';

/** What the view can do with the composer. */
export interface IComposer {
  focus(): void;
  setText(text: string): void;
  /** Take a change back that came too late for a message that waited. */
  takeBack(typed: string): void;
}

/**
 * Where messages are written: Enter sends or waits, Ctrl Enter sends into the run, Shift Enter is a
 * new line, ↑ in an empty box edits the last message.
 */
export const Composer = React.forwardRef<IComposer>(function Composer(_, ref) {
  const trans = useTrans();
  const context = useConversation();
  const { model } = context;
  useModel(model);
  const box = React.useRef<HTMLTextAreaElement>(null);
  const draft = useDraft(box);
  const { text, write } = draft;
  React.useImperativeHandle(ref, () => ({
    focus: () => box.current?.focus(),
    setText: value => {
      write(value);
      box.current?.focus();
    },
    takeBack: typed => {
      draft.takeBack(typed);
      box.current?.focus();
    }
  }));
  const id = `jps-Suggestions-${model.id}`;
  const suggestions = useCompletion(id, (option, token) => {
    const before = text.slice(0, token.start) + option.insert;
    write(before + text.slice(token.end).trimStart());
    window.requestAnimationFrame(() => box.current?.setSelectionRange(before.length, before.length));
    if (option.act) {
      act(trans, context, option.act, box.current ?? document.body);
    }
  });
  const send = (steer: boolean) => {
    suggestions.close();
    box.current?.focus();
    void draft.send(steer);
  };
  const onKeyDown = (event: React.KeyboardEvent<HTMLTextAreaElement>) => {
    if (suggestions.onKey(event)) {
      // Chosen among the suggestions.
    } else if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      send(event.ctrlKey || event.metaKey);
    } else if (event.key === 'ArrowUp' && text === '') {
      const last = editLast(model);
      if (last !== null) {
        write(last);
      }
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
              model.isBusy
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
        {draft.error && (
          <div className="jps-Composer-error" role="alert">
            {draft.error}
          </div>
        )}
        <Bar draft={draft} onSend={() => send(false)} />
      </div>
      {model.run && <SendHint />}
    </>
  );
});

/** Model, branch, and the button. */
function Bar({ draft, onSend }: { draft: IDraft; onSend(): void }): React.JSX.Element {
  const trans = useTrans();
  const { model, models } = useConversation();
  useModel(model);
  const can = draft.text.trim() !== '' && draft.blocked === '';
  return (
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
      <BranchPicker />
      <span className="jps-Spring" />
      <Button
        className="jps-Send"
        look={can ? 'primary' : 'plain'}
        disabled={!can}
        title={draft.blocked || undefined}
        onClick={onSend}
      >
        {model.isBusy ? trans.__('Queue') : draft.starts ? trans.__('Start') : trans.__('Send')}
      </Button>
    </div>
  );
}

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

/** The session's branch; in full when the notebook that the person looks at is on another one. */
function BranchPicker(): React.JSX.Element {
  const trans = useTrans();
  const { model, branches, viewed, pickBranch } = useConversation();
  useModel(model);
  useModel(branches);
  useModel(viewed);
  const id = model.session?.active_branch ?? MAIN;
  const name = branches.nameOf(id);
  const here = viewed.path === null || !branches.loaded ? null : branches.branchOf(viewed.path);
  const differs = here !== null && here.branch !== id;
  const tooltip = differs
    ? trans.__('The agent works on %1. You look at %2.', name, branches.nameOf(here.branch))
    : trans.__('The agent works on %1.', name);
  return (
    <button
      type="button"
      className={`jps-Picker jps-mod-small jps-Composer-branch ${differs ? 'jps-mod-differs' : ''}`}
      aria-haspopup="dialog"
      aria-expanded="false"
      aria-label={trans.__('Branch: %1. %2', name, tooltip)}
      title={tooltip}
      onClick={event => pickBranch(event.currentTarget)}
    >
      <branchIcon.react tag="span" className="jps-Icon jps-mod-small" />
      <span className="jps-Picker-name">{differs ? trans.__('on %1', name) : name}</span>
      <caretDownIcon.react tag="span" className="jps-Icon jps-mod-small" />
    </button>
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
