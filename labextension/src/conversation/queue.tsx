import { closeIcon, editIcon, moveUpIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { telling } from '../chats/dialogs';
import { Button, IconButton } from '../components/button';
import { gripIcon } from '../components/icons';
import { useTrans } from '../components/trans';
import type { ConversationModel } from '../models/conversation';
import type { IQueued } from '../models/entries';
import { useModel } from '../models/observable';
import { moved } from '../models/queue';
import { useConversation } from './context';
import { EditBox } from './editbox';
import { type IDragged, useRowDrag } from './rowdrag';

interface IQueueProps {
  /** A row is gone, and with it the focus. */
  onLeft(): void;
  /** A message was sent, or withdrawn elsewhere, while it was being edited: this was typed. */
  onLate(typed: string): void;
}

/** Messages that wait for their turn, in order. */
export function Queue({ onLeft, onLate }: IQueueProps): React.JSX.Element | null {
  const trans = useTrans();
  const { model } = useConversation();
  const { queue } = useModel(model);
  const [said, setSaid] = React.useState('');
  const list = React.useRef<HTMLDivElement>(null);
  const moving = React.useRef<string | null>(null);
  const move = (runId: string, to: number) => {
    const from = placeOf(queue, runId);
    if (from < 0 || to === from || to < 0 || to >= queue.length) {
      return;
    }
    moving.current = runId;
    setSaid(trans.__('Message %1 of %2', to + 1, queue.length));
    void telling(() => model.order(moved(queue, runId, to)));
  };
  React.useLayoutEffect(() => {
    // A row that was moved has lost the focus.
    const id = moving.current;
    if (id !== null && !list.current?.contains(document.activeElement)) {
      list.current?.querySelector<HTMLElement>(`[data-row="${id}"]`)?.focus();
    }
  });
  useLate(model, onLate);
  const drag = useRowDrag(list, ({ id, to }) => move(id, to));
  if (queue.length === 0) {
    return null;
  }
  return (
    <div
      ref={list}
      className="jps-Queue"
      role="list"
      aria-label={trans.__('Messages that wait')}
      data-part="queue"
      onBlur={event => {
        if (event.relatedTarget !== null) {
          moving.current = null;
        }
      }}
    >
      {queue.map((message, index) => (
        <Queued
          key={message.runId}
          message={message}
          index={index}
          count={queue.length}
          look={dragClass(drag.dragged, queue, index)}
          onDrag={event => drag.start(event, message.runId)}
          onMove={step => move(message.runId, index + step)}
          onLeft={onLeft}
        />
      ))}
      <div role="status" className="jps-Unseen">
        {said}
      </div>
    </div>
  );
}

/** Give back what was typed into a message that does not wait any more. */
function useLate(model: ConversationModel, onLate: (typed: string) => void): void {
  const { editing, queue } = model;
  const known = React.useRef<ReadonlyMap<string, string>>(new Map());
  React.useEffect(() => {
    const sent = editing ? known.current.get(editing.key) : undefined;
    known.current = new Map(queue.map(each => [each.runId, each.text]));
    if (editing && sent !== undefined && !known.current.has(editing.key)) {
      model.editing = null;
      if (editing.text !== sent) {
        onLate(editing.text);
      }
    }
  }, [model, editing, queue, onLate]);
}

interface IQueuedProps {
  message: IQueued;
  index: number;
  count: number;
  /** How it looks while a row is dragged. */
  look: string;
  onDrag(event: React.PointerEvent): void;
  onMove(step: number): void;
  /** The row is gone, and with it the focus. */
  onLeft(): void;
}

function Queued(props: IQueuedProps): React.JSX.Element {
  const { message, index, count, onMove, onLeft } = props;
  const trans = useTrans();
  const { model } = useConversation();
  const { editing } = useModel(model);
  const row = React.useRef<HTMLDivElement>(null);
  const { runId, text } = message;
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      event.stopPropagation();
      onMove(event.key === 'ArrowUp' ? -1 : 1);
    }
  };
  const leave = (act: Promise<unknown>) => {
    void telling(() => act);
    onLeft();
  };
  if (editing?.key === runId) {
    return (
      <div role="listitem" className="jps-Queued jps-mod-editing">
        <EditBox
          editing={editing}
          label={trans.__('Message that waits')}
          act={trans.__('Save')}
          onDone={changed => model.acts.change(runId, { text: changed })}
          onLeft={onLeft}
        />
      </div>
    );
  }
  return (
    <div
      ref={row}
      role="listitem"
      className={`jps-Queued${props.look}`}
      title={text}
      data-row={runId}
      tabIndex={0}
      aria-label={trans.__('%1, message %2 of %3', text, index + 1, count)}
      aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
      onKeyDown={onKeyDown}
    >
      {count > 1 && (
        <span
          className="jps-Queued-grip"
          title={trans.__('Drag to reorder, or Alt ↑ and Alt ↓')}
          onPointerDown={props.onDrag}
        >
          <gripIcon.react tag="span" className="jps-Icon jps-mod-small" />
        </span>
      )}
      <span className="jps-mod-muted jps-Queued-place">
        {message.steer ? trans.__('At the next step') : index === 0 ? trans.__('Next') : index + 1}
      </span>
      <span className="jps-Queued-text">{text}</span>
      {!message.steer && model.run && (
        <Button
          look="flat"
          className="jps-SendNow"
          icon={moveUpIcon}
          aria-label={trans.__('Send now')}
          title={trans.__('The agent gets it at its next step')}
          onClick={() => leave(model.acts.change(runId, { steer: true }))}
        >
          <span>{trans.__('Send now')}</span>
        </Button>
      )}
      <IconButton
        icon={editIcon}
        label={trans.__('Edit')}
        onClick={() => {
          model.editing = { key: runId, text };
        }}
      />
      <IconButton
        icon={closeIcon}
        label={trans.__('Remove')}
        onClick={() => leave(model.acts.withdraw(runId))}
      />
    </div>
  );
}

function dragClass(dragged: IDragged | null, queue: readonly IQueued[], index: number): string {
  const from = dragged ? placeOf(queue, dragged.id) : -1;
  if (from === index) {
    return ' jps-mod-dragged';
  }
  if (!dragged || from < 0 || dragged.to !== index) {
    return '';
  }
  return dragged.to < from ? ' jps-mod-before' : ' jps-mod-after';
}

function placeOf(queue: readonly IQueued[], runId: string): number {
  return queue.findIndex(each => each.runId === runId);
}
