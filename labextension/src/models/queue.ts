import type { QueueOrdered, RunChanged, RunQueued } from '../api/schema';
import type { IQueued } from './entries';
import type { ILog } from './log';

export function queued(log: ILog, event: RunQueued): void {
  const { prompt, steer } = event.data;
  const message: IQueued = { runId: event.run_id ?? '', text: prompt, ts: event.ts, steer };
  if (!log.queue.some(each => each.runId === message.runId)) {
    log.queue = steeringFirst([...log.queue, message]);
  }
}

/** A message that waits was edited, or is to go into the run that is at work. */
export function changed(log: ILog, event: RunChanged): void {
  const { prompt, steer } = event.data;
  log.queue = steeringFirst(
    log.queue.map(each => (each.runId === event.run_id ? { ...each, text: prompt, steer } : each))
  );
}

export function ordered(log: ILog, event: QueueOrdered): void {
  log.queue = inOrder(log.queue, event.data.ids);
}

/** A message waits no more. Tells whether it did. */
export function leaveQueue(log: ILog, runId: string | null): boolean {
  const before = log.queue.length;
  log.queue = log.queue.filter(each => each.runId !== runId);
  return log.queue.length < before;
}

/** The server takes those that steer before all others. */
export function steeringFirst(queue: readonly IQueued[]): readonly IQueued[] {
  return [...queue.filter(each => each.steer), ...queue.filter(each => !each.steer)];
}

/** Messages in this order; those that are not named follow as they were. */
export function inOrder(queue: readonly IQueued[], ids: readonly string[]): readonly IQueued[] {
  const place = (message: IQueued) => {
    const at = ids.indexOf(message.runId);
    return at < 0 ? ids.length : at;
  };
  return steeringFirst([...queue].sort((a, b) => place(a) - place(b)));
}

/** Ids of the queue after one message was moved to a place among the others. */
export function moved(queue: readonly IQueued[], runId: string, to: number): string[] {
  const ids = queue.map(each => each.runId).filter(id => id !== runId);
  ids.splice(Math.max(0, Math.min(to, ids.length)), 0, runId);
  return ids;
}
