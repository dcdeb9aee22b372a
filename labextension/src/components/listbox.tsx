import { caretDownIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

export interface IListboxOption {
  value: string;
  label: string;
  /** Shown at the right, in muted text. */
  note?: string;
  disabled?: boolean;
}

interface IListboxProps {
  label: string;
  value: string;
  /** What the button says. */
  text: string;
  options: readonly IListboxOption[];
  className?: string;
  describedBy?: string;
  onChange(value: string): void;
}

/**
 * A choice whose options carry a note, and say why they cannot be chosen.
 *
 * Pattern: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/examples/combobox-select-only/
 */
export function Listbox(props: IListboxProps): React.JSX.Element {
  const { options, value } = props;
  const id = React.useId();
  const list = React.useRef<HTMLDivElement | null>(null);
  const stopWatching = React.useRef<(() => void) | null>(null);
  const button = React.useRef<HTMLButtonElement>(null);
  const typed = React.useRef({ text: '', at: 0 });
  const [active, setActive] = React.useState<number | null>(null);
  const open = active !== null;

  const show = () => {
    if (list.current && button.current) {
      setActive(
        Math.max(
          0,
          options.findIndex(each => each.value === value)
        )
      );
      list.current.showPopover();
      place(list.current, button.current);
      stopWatching.current = onScrollOutside(list.current, close);
    }
  };
  const close = () => {
    setActive(null);
    stopWatching.current?.();
    stopWatching.current = null;
    if (list.current?.matches(':popover-open')) {
      list.current.hidePopover();
    }
  };
  const choose = (index: number) => {
    const option = options[index];
    if (option && !option.disabled) {
      close();
      props.onChange(option.value);
    }
  };
  const go = (index: number) => {
    const next = Math.max(0, Math.min(options.length - 1, index));
    setActive(next);
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const act = open
      ? whileOpen(active, options.length, { go, choose, close })[event.key]
      : ['ArrowDown', 'ArrowUp', 'Enter', ' '].includes(event.key)
        ? show
        : undefined;
    if (act) {
      act();
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (!open) {
        show();
      }
      const found = typeAhead(typed.current, event.key, options, active ?? 0);
      if (found !== -1) {
        go(found);
      }
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <span className={`jps-Listbox ${props.className ?? ''}`}>
      <button
        ref={button}
        type="button"
        role="combobox"
        aria-label={props.label}
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-controls={id}
        aria-activedescendant={open ? `${id}-${active}` : undefined}
        aria-describedby={props.describedBy}
        title={props.text}
        onClick={() => (open ? close() : show())}
        onKeyDown={onKeyDown}
        onBlur={close}
      >
        <span>{props.text}</span>
        <caretDownIcon.react tag="span" className="jps-Icon jps-mod-small" />
      </button>
      <div
        ref={node => {
          list.current = node;
          // In the top layer, whatever panel clips the button; React 18 has no property for it.
          node?.setAttribute('popover', 'manual');
        }}
        id={id}
        role="listbox"
        aria-label={props.label}
        className="jps-Listbox-list"
        // The button keeps the focus.
        onMouseDown={event => event.preventDefault()}
      >
        {options.map((option, index) => (
          <div
            key={option.value}
            id={`${id}-${index}`}
            role="option"
            aria-selected={option.value === value}
            aria-disabled={option.disabled}
            className={index === active ? 'jps-mod-active' : undefined}
            onMouseMove={() => index !== active && setActive(index)}
            onClick={() => choose(index)}
          >
            <span>{option.label}</span>
            {option.note && <span className="jps-mod-muted">{option.note}</span>}
          </div>
        ))}
      </div>
    </span>
  );
}

function whileOpen(
  active: number,
  count: number,
  to: { go(index: number): void; choose(index: number): void; close(): void }
): Record<string, (() => void) | undefined> {
  return {
    ArrowDown: () => to.go(active + 1),
    ArrowUp: () => to.go(active - 1),
    Home: () => to.go(0),
    End: () => to.go(count - 1),
    Enter: () => to.choose(active),
    ' ': () => to.choose(active),
    Escape: to.close
  };
}

function typeAhead(
  typed: { text: string; at: number },
  key: string,
  options: readonly IListboxOption[],
  active: number
): number {
  typed.text = Date.now() - typed.at < 500 ? typed.text + key.toLocaleLowerCase() : key.toLocaleLowerCase();
  typed.at = Date.now();
  const from = typed.text.length > 1 ? active : active + 1;
  const places = options.map((_, index) => (from + index) % options.length);
  return places.find(index => options[index]?.label.toLocaleLowerCase().startsWith(typed.text)) ?? -1;
}

/** Below the button, or above it where there is more room. */
function place(list: HTMLElement, button: HTMLElement): void {
  const rect = button.getBoundingClientRect();
  const below = window.innerHeight - rect.bottom;
  const upwards = below < 200 && rect.top > below;
  list.style.minWidth = `${rect.width}px`;
  list.style.maxHeight = `${Math.max(80, Math.min(320, (upwards ? rect.top : below) - 8))}px`;
  list.style.left = `${Math.max(4, Math.min(rect.left, window.innerWidth - list.offsetWidth - 4))}px`;
  list.style.top = upwards ? `${rect.top - list.offsetHeight - 2}px` : `${rect.bottom + 2}px`;
}

/** Call when anything but the list scrolls, as the list would stay where it is. */
function onScrollOutside(list: HTMLElement, callback: () => void): () => void {
  const onScroll = (event: Event) => event.target !== list && callback();
  document.addEventListener('scroll', onScroll, true);
  return () => document.removeEventListener('scroll', onScroll, true);
}
