import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

import { telling } from '../chats/dialogs';
import { CommandIDs } from '../commands';
import type { Comparison } from '../compare';
import { IConversations, ISessions } from '../tokens';

/** Sessions side by side. */
export const compare: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-sessions:compare',
  description: 'Sessions side by side: what they decided, what they found, and which one is preferred.',
  autoStart: true,
  requires: [ISessions, IConversations],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    conversations: IConversations,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_sessions');
    const tracker = new WidgetTracker<Comparison>({ namespace: 'jupyter-sessions-compare' });
    const parts = { app, sessions, conversations, trans, tracker };
    addCommand(parts);
    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.compare,
        args: ({ project, sessions }) => ({ project, sessions: [...sessions], restore: true }),
        name: widget => widget.id
      });
    }
    palette?.addItem({ command: CommandIDs.compare, category: trans.__('Sessions') });
  }
};

interface IParts {
  app: JupyterFrontEnd;
  sessions: ISessions;
  conversations: IConversations;
  trans: TranslationBundle;
  tracker: WidgetTracker<Comparison>;
}

function addCommand(parts: IParts): void {
  const { app, sessions, trans } = parts;
  const { projects } = sessions;
  app.commands.addCommand(CommandIDs.compare, {
    label: trans.__('Compare Sessions…'),
    caption: trans.__('Dispositions, key results, time and price of sessions, side by side'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          project: { type: 'string', description: trans.__('Id of the project; else the current one') },
          sessions: {
            type: 'array',
            items: { type: 'string' },
            description: trans.__('Ids of 2 to 4 sessions; with fewer or more, a dialog asks which')
          },
          restore: { type: 'boolean', description: trans.__('Without taking the focus') }
        }
      }
    },
    isEnabled: args => typeof args.project === 'string' || projects.current !== null,
    execute: async args => {
      if (!projects.loaded) {
        await projects.load();
      }
      const id = typeof args.project === 'string' ? args.project : projects.current?.id;
      if (id !== undefined && projects.get(id)) {
        await open(parts, id, idsOf(args.sessions), { restore: Boolean(args.restore) });
      }
    }
  });
}

interface IOpen {
  /** Made again after a reload: asks nothing, and takes no focus. */
  restore?: boolean;
  /** Ask, although enough are named, and take the place of this one. */
  instead?: Comparison;
}

async function open(parts: IParts, project: string, ids: string[], how: IOpen): Promise<void> {
  const { app, sessions, trans, tracker } = parts;
  // The tab's code is loaded with the first one.
  const code = await import('../compare');
  const enough = ids.length >= 2 && ids.length <= code.MOST;
  if (how.instead || (!enough && !how.restore)) {
    const list = sessions.projects.sessionsOf(project);
    await list.ensure();
    ids = (await code.chooseSessions(trans, list, ids)) ?? [];
  }
  if (ids.length < 2) {
    return;
  }
  const { conversations } = parts;
  const find = () => tracker.find(each => [...each.sessions].sort().join() === [...ids].sort().join());
  const contexts = find() ? [] : await Promise.all(ids.map(id => conversations.contextOf(project, id)));
  // Found, made and added in one go: a second press makes no second tab.
  const known = find();
  if (known) {
    contexts.forEach(({ model }) => model.dispose());
  }
  const tab = known ?? make(parts, code, project, contexts);
  if (!tracker.has(tab)) {
    const place = how.instead ? { mode: 'tab-after', ref: how.instead.id } : {};
    app.shell.add(tab, 'main', { activate: false, ...place } as { activate: boolean });
    await tracker.add(tab);
  }
  if (!how.restore) {
    app.shell.activateById(tab.id);
  }
  if (how.instead && how.instead !== tab) {
    how.instead.close();
  }
}

function make(
  parts: IParts,
  { Comparison, ComparisonModel }: typeof import('../compare'),
  project: string,
  contexts: ConstructorParameters<typeof ComparisonModel>[2]
): Comparison {
  const { app, sessions, trans } = parts;
  const tab: Comparison = new Comparison(trans, new ComparisonModel(sessions.projects, project, contexts), {
    onOpen: session => void app.commands.execute(CommandIDs.openSession, { project, session }),
    onChoose: () => void telling(() => open(parts, project, [...tab.sessions], { instead: tab }))
  });
  return tab;
}

function idsOf(value: unknown): string[] {
  return Array.isArray(value) ? [...new Set(value.filter(each => typeof each === 'string'))] : [];
}
