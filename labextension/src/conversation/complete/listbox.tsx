import * as React from 'react';

import { useTrans } from '../../components/trans';
import { useConversation } from '../context';
import { type IOption, optionsFor } from './options';
import { type IToken, tokenAt } from './token';

export interface ICompletion {
  readonly token: IToken;
  readonly options: readonly IOption[];
  readonly active: number;
}

/** Suggestions for what is typed at the caret, and the keys that choose one. */
export function useCompletion(
  id: string,
  onChoose: (option: IOption, token: IToken) => void
): {
  completion: ICompletion | null;
  /** The text or the caret has changed. */
  typed(text: string, caret: number): void;
  close(): void;
  choose(option: IOption): void;
  /** Tells whether the key was used. */
  onKey(event: React.KeyboardEvent): boolean;
  /** The attributes of the field. */
  aria: React.AriaAttributes;
  setActive(active: number): void;
} {
  const trans = useTrans();
  const { model, models, mentions } = useConversation();
  const [completion, setCompletion] = React.useState<ICompletion | null>(null);
  const asked = React.useRef(0);
  const close = () => {
    asked.current += 1;
    setCompletion(null);
  };
  const typed = (text: string, caret: number) => {
    const token = tokenAt(text, caret);
    if (!token) {
      close();
      return;
    }
    const ask = (asked.current += 1);
    const offline = models.find(model.session?.model ?? null)?.kind === 'offline';
    void optionsFor(trans, token, offline, mentions).then(options => {
      if (ask === asked.current) {
        setCompletion(options.length > 0 ? { token, options, active: 0 } : null);
      }
    });
  };
  const setActive = (active: number) => {
    const count = completion?.options.length ?? 0;
    setCompletion(completion && { ...completion, active: (active + count) % count });
  };
  const choose = (option: IOption) => {
    const token = completion?.token;
    close();
    if (token) {
      onChoose(option, token);
    }
  };
  const onKey = (event: React.KeyboardEvent): boolean => {
    if (!completion || event.nativeEvent.isComposing) {
      return false;
    }
    const { options, active, token } = completion;
    const option = options[active];
    const whole = option?.label === `/${token.word}`;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setActive(active + (event.key === 'ArrowDown' ? 1 : -1));
    } else if (event.key === 'Escape') {
      close();
    } else if (option && (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey && !whole))) {
      choose(option);
    } else {
      return false;
    }
    return true;
  };
  const aria: React.AriaAttributes = {
    'aria-autocomplete': 'list',
    'aria-controls': completion ? id : undefined,
    'aria-activedescendant': completion ? `${id}-${completion.active}` : undefined
  };
  return { completion, typed, close, choose, onKey, aria, setActive };
}

/** The suggestions, above the field. */
export function Suggestions(props: {
  id: string;
  completion: ICompletion;
  onHover(index: number): void;
  onChoose(option: IOption): void;
}): React.JSX.Element {
  const { id, completion, onHover, onChoose } = props;
  const trans = useTrans();
  return (
    <ul className="jps-Suggestions" role="listbox" id={id} aria-label={trans.__('Suggestions')}>
      {completion.options.map((option, index) => (
        <li
          key={`${option.label}-${option.insert}`}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === completion.active}
          onPointerEnter={() => onHover(index)}
          onPointerDown={event => {
            // The field keeps the focus.
            event.preventDefault();
            onChoose(option);
          }}
        >
          {option.icon && <option.icon.react tag="span" className="jps-Icon jps-mod-small" />}
          <span className="jps-Suggestions-label">{option.label}</span>
          <span className="jps-Suggestions-detail">{option.detail}</span>
        </li>
      ))}
    </ul>
  );
}
