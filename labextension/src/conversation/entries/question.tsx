import * as React from 'react';

import { telling } from '../../chats/dialogs';
import { Button } from '../../components/button';
import { questionIcon } from '../../components/icons';
import { clock, fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { IQuestionEntry } from '../../models/entries';
import { useConversation } from '../context';

/** The agent asks. Digits choose, Enter answers; answered it folds to the answer. */
export function Question({ entry }: { entry: IQuestionEntry }): React.JSX.Element {
  const trans = useTrans();
  if (entry.answer === null && !entry.depth) {
    return <Open entry={entry} />;
  }
  return (
    <div className="jps-Card" data-block tabIndex={-1}>
      <div className="jps-Card-body jps-Answered">
        <p>{entry.question}</p>
        <p className="jps-mod-muted">
          {entry.answer === null ? trans.__('Not answered') : trans.__('You answered: %1', entry.answer)}
        </p>
      </div>
    </div>
  );
}

function Open({ entry }: { entry: IQuestionEntry }): React.JSX.Element {
  const trans = useTrans();
  const { model, notebook } = useConversation();
  const [chosen, setChosen] = React.useState<number | null>(null);
  const [own, setOwn] = React.useState('');
  const [busy, setBusy] = React.useState(false);
  const answer = own.trim() || (chosen === null ? '' : entry.choices[chosen]);
  const send = async () => {
    if (answer && !busy) {
      setBusy(true);
      await telling(() => model.acts.send(answer, { notebook: notebook() }));
      setBusy(false);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const digit = Number(event.key);
    const inField = (event.target as HTMLElement).matches('input[type=text]');
    if (!inField && digit >= 1 && digit <= entry.choices.length) {
      setChosen(digit - 1);
      setOwn('');
    } else if (
      event.key === 'Enter' &&
      !event.nativeEvent.isComposing &&
      !(event.target as HTMLElement).matches('button')
    ) {
      void send();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const count = Math.min(entry.choices.length, 9);
  return (
    <div
      className="jps-Card jps-mod-here"
      role="group"
      aria-label={trans.__('The agent asks: %1', entry.question)}
      data-block
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <div className="jps-Card-head">
        <questionIcon.react tag="span" className="jps-Icon jps-mod-small" />
        <span className="jps-Card-title">{trans.__('The agent asks')}</span>
        <span className="jps-Card-time" title={fullTime(entry.ts)}>
          {trans.__('waits since %1', clock(entry.ts))}
        </span>
      </div>
      <div className="jps-Card-body">
        <p className="jps-Question-text">{entry.question}</p>
        {entry.choices.length > 0 && (
          <div role="radiogroup" aria-label={entry.question}>
            {entry.choices.map((choice, index) => (
              <label key={index} className={`jps-Choice${index === chosen ? ' jps-mod-chosen' : ''}`}>
                <input
                  type="radio"
                  name={entry.key}
                  checked={index === chosen}
                  onChange={() => {
                    setChosen(index);
                    setOwn('');
                  }}
                />
                <span>{choice}</span>
                {index < 9 && <kbd>{index + 1}</kbd>}
              </label>
            ))}
          </div>
        )}
        <input
          type="text"
          className="jps-Field"
          value={own}
          placeholder={
            entry.choices.length > 0 ? trans.__('Or answer in your own words') : trans.__('Your answer')
          }
          aria-label={trans.__('Your answer')}
          onChange={event => setOwn(event.target.value)}
        />
        <div className="jps-Actions">
          <Button look="primary" disabled={!answer || busy} onClick={() => void send()}>
            {trans.__('Answer')}
          </Button>
          <span className="jps-mod-muted jps-Hint">
            {count > 0 && (
              <>
                <kbd>1</kbd>
                {count > 1 && (
                  <>
                    –<kbd>{count}</kbd>
                  </>
                )}{' '}
                {trans.__('choose')} ·{' '}
              </>
            )}
            <kbd>{trans.__('Enter')}</kbd> {trans.__('answers')}
          </span>
        </div>
      </div>
    </div>
  );
}
