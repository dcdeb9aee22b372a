import type { TranslationBundle } from '@jupyterlab/translation';

import { telling } from '../chats/dialogs';
import { branchIcon } from '../components/icons';
import { type IMenuItem, openMenu } from '../components/menu';
import type { LocalAct } from './complete/options';
import type { IConversationContext } from './context';
import { showUsage } from './usage';

/** Menu of what can be done with the whole session. */
export function openMore(trans: TranslationBundle, context: IConversationContext, at: HTMLElement): void {
  const { session } = context.model;
  if (!session) {
    return;
  }
  const archived = session.archived_at !== null;
  const empty = session.last_seq === 0;
  const items: (IMenuItem | null)[] = [
    { label: trans.__('Show Usage'), execute: () => act(trans, context, 'usage', at) },
    null,
    {
      label: trans.__('Fork Session'),
      caption: trans.__('A new session that goes on from here'),
      icon: branchIcon,
      disabled: empty,
      execute: () => act(trans, context, 'fork', at)
    },
    { label: trans.__('Export…'), disabled: empty, execute: () => act(trans, context, 'export', at) },
    null,
    {
      label: archived ? trans.__('Restore') : trans.__('Archive'),
      disabled: !archived && context.model.isBusy,
      execute: () => void telling(() => context.model.sessions.update(session.id, { archived: !archived }))
    }
  ];
  openMenu(items, at);
}

/** Do what a command of the composer or an item of the menu says. */
export function act(
  trans: TranslationBundle,
  context: IConversationContext,
  what: LocalAct,
  at: HTMLElement
): void {
  const { session, acts } = context.model;
  if (!session) {
    return;
  }
  switch (what) {
    case 'usage':
      void showUsage(trans, session);
      break;
    case 'export':
      openMenu(context.exports(session), at);
      break;
    case 'fork':
      void telling(async () => {
        const fork = await acts.fork(session.last_seq);
        context.openSession(fork.id, null);
      });
  }
}
