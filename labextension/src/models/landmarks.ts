import type { Event, MessagePinned } from '../api/schema';
import type { ILandmarks } from './log';
import { forksOf, type IPageQuery } from './pages';

/** Asks for the events that count for the whole log, wherever they are. */
export const LANDMARKS: IPageQuery = { types: 'line.forked,message.pinned', limit: 1000 };

export function landmarksOf(events: readonly Event[]): ILandmarks {
  const pins = new Set<number>();
  for (const event of events) {
    if (event.type === 'message.pinned') {
      notePin(pins, event);
    }
  }
  return { forks: forksOf(events), pins };
}

/** A message was pinned, or is no longer. */
export function notePin(pins: Set<number> | null, event: MessagePinned): void {
  if (event.data.pinned) {
    pins?.add(event.data.seq);
  } else {
    pins?.delete(event.data.seq);
  }
}
