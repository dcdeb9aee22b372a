import type { ConversationModel } from '../models/conversation';

/** Edit the last message in its place; while a run is at work its text is returned instead. */
export function editLast(model: ConversationModel): string | null {
  const waiting = model.queue.at(-1);
  if (waiting) {
    model.editing = { key: waiting.runId, text: waiting.text };
    return null;
  }
  const last = model.entries.findLast(entry => entry.kind === 'user' && !entry.depth);
  if (last?.kind !== 'user') {
    return null;
  }
  if (model.run) {
    return last.text;
  }
  model.editing = { key: last.key, text: last.text };
  model.show(last.key);
  return null;
}
