import { describe, expect, it } from 'vitest';

import type { Event } from '../../api/schema';
import type { Entry } from '../entries';
import { foldKey } from '../lines';
import type { IPageQuery } from '../pages';
import { LogWindow } from '../window';
import { Story } from './events';

/** Pages as the server gives them. */
function server(events: readonly Event[]): {
  read(query: IPageQuery): Promise<Event[]>;
  pages: IPageQuery[];
} {
  const pages: IPageQuery[] = [];
  const read = ({ after = 0, before = Infinity, limit, types }: IPageQuery) => {
    pages.push({ after, before, limit, types });
    const found = events.filter(
      event => event.seq > after && event.seq < before && (!types || types.split(',').includes(event.type))
    );
    return Promise.resolve(before === Infinity ? found.slice(0, limit) : found.slice(-limit));
  };
  return { read, pages };
}

/** 100 turns, then the third one is edited, then 100 more. */
function longStory(): Story {
  const story = new Story();
  const turns = (from: number) => {
    for (let number = from; number < from + 100; number += 1) {
      story.turn(`q${number}`, `a${number}`, `R${number}`);
    }
  };
  turns(0);
  story.turn('edited', 'new', 'RE', story.seqOf('q3'));
  turns(100);
  return story;
}

const texts = (entries: readonly Entry[]) =>
  entries.map(entry => (entry.kind === 'user' || entry.kind === 'agent' ? entry.text : entry.kind));

function windowOf(story: Story, open = new Set<string>()) {
  const { read, pages } = server(story.events);
  const log = new LogWindow(
    read,
    fork => open.has(foldKey(fork)),
    () => {}
  );
  const shown = () => texts(log.projector.entries(key => open.has(key), log.hasAfter));
  return { log, pages, shown, open };
}

const last = (story: Story) => story.events.length;

describe('a window onto a long log', () => {
  it('passes over an earlier version while it is folded', async () => {
    const story = longStory();
    const { log, shown, pages } = windowOf(story);
    await log.first(last(story), undefined);
    while (log.hasBefore) {
      await log.above();
    }
    const all = shown();
    expect(all.slice(0, 9)).toEqual(['q0', 'a0', 'q1', 'a1', 'q2', 'a2', 'earlier', 'edited', 'new']);
    expect(all).toHaveLength(209);
    expect(log.pages.events.length).toBeLessThan(last(story) - 200);
    expect(pages.filter(page => !page.types).length).toBeLessThan(6);
  });

  it('loads an earlier version when it is opened', async () => {
    const story = longStory();
    const { log, shown, open } = windowOf(story);
    await log.first(last(story), undefined);
    while (log.hasBefore) {
      await log.above();
    }
    const [fork] = log.pages.forks;
    expect(fork && log.pages.isWhole(fork)).toBe(false);
    open.add(fork ? foldKey(fork) : '');
    await log.fill(fork ?? { after: 0, until: 0 });
    expect(fork && log.pages.isWhole(fork)).toBe(true);
    expect(shown().slice(6, 11)).toEqual(['earlier', 'q3', 'a3', 'q4', 'a4']);
    expect(shown()).toHaveLength(209 + 2 * 97);
  });

  it('knows of a fork below what is loaded, and goes on behind it', async () => {
    const story = longStory();
    const { log, shown } = windowOf(story);
    // Far above the end, in what was left since.
    await log.first(last(story) + 2000, 60);
    await Promise.resolve();
    expect(log.hasAfter).toBe(true);
    const known = shown();
    expect(known.slice(-2)).toEqual(['a2', 'earlier']);
    await log.below();
    expect(shown().slice(5, 9)).toEqual(['a2', 'earlier', 'edited', 'new']);
  });

  it('shows a place within an earlier version', async () => {
    const story = longStory();
    const { log, shown, open } = windowOf(story);
    await log.first(last(story), undefined);
    const seq = story.seqOf('q50');
    await log.around(seq);
    const [fork] = log.pages.around(seq);
    open.add(fork ? foldKey(fork) : '');
    const entries = log.projector.entries(key => open.has(key), log.hasAfter);
    const place = log.projector.whereIs(seq, entries);
    expect(shown()).toContain('q50');
    expect(entries.find(entry => entry.key === place?.key)).toMatchObject({ text: 'q50', depth: 1 });
  });

  it('keeps pins that lie outside of what is loaded', async () => {
    const story = longStory();
    const seq = story.seqOf('q0');
    story.add('message.pinned', { seq, pinned: true });
    for (let number = 0; number < 300; number += 1) {
      story.turn(`more${number}`, 'x', `M${number}`);
    }
    const { log } = windowOf(story);
    await log.first(last(story), 2);
    await Promise.resolve();
    const entries = log.projector.entries(() => false, log.hasAfter);
    expect(entries[0]).toMatchObject({ text: 'q0', pinned: true });
  });

  it('finds the call that an event belongs to', async () => {
    const story = new Story().started('go').called('a', 1).called('b', 1);
    story.add('message.agent', { text: 'Meanwhile', model: null }).returned('a').returned('b').completed();
    const { log } = windowOf(story);
    await log.first(last(story), undefined);
    const returned = story.events.findLast(event => event.type === 'tool.returned');
    const entries = log.projector.entries(() => false, false);
    expect(log.projector.whereIs(returned?.seq ?? 0, entries)).toEqual({ key: 'cRUN1-1', call: 'RUN1/b' });
  });
});
