import type { TranslationBundle } from '@jupyterlab/translation';
import type { ServerConnection } from '@jupyterlab/services';

import type { Session } from '../api/schema';
import type { IMenuItem, ISubmenu } from '../components/menu';
import { telling } from './dialogs';
import type { ListState } from './state';
import { exportItems } from './transfer';

interface IMenuParts {
  trans: TranslationBundle;
  settings: ServerConnection.ISettings;
  state: ListState;
  onOpen(session: Session, beside: boolean): void;
  onEdit(session: Session, ask: boolean): void;
  onCompare(session: Session): void;
}

/** What can be done with a session of the list. */
export function rowItems(parts: IMenuParts, session: Session): (IMenuItem | ISubmenu | null)[] {
  const { trans, state, settings, onOpen, onEdit, onCompare } = parts;
  const disabled = state.stale;
  const archive = (archived: boolean) => () => void setArchived(parts, session, archived);
  return [
    { label: trans.__('Open'), execute: () => onOpen(session, false) },
    { label: trans.__('Open to the Side'), execute: () => onOpen(session, true) },
    null,
    { label: trans.__('Rename'), disabled, execute: () => state.edit(session) },
    { label: trans.__('Edit…'), disabled, execute: () => onEdit(session, false) },
    session.archived_at === null
      ? { label: trans.__('Archive'), disabled, execute: archive(true) }
      : { label: trans.__('Restore'), disabled, execute: archive(false) },
    {
      label: trans.__('Compare With…'),
      disabled: disabled || state.sessions.items.length < 2,
      execute: () => onCompare(session)
    },
    { label: trans.__('Export As'), items: exportItems(trans, settings, session) },
    null,
    { label: trans.__('Delete…'), disabled, execute: () => onEdit(session, true) }
  ];
}

async function setArchived({ trans, state }: IMenuParts, session: Session, archived: boolean): Promise<void> {
  await telling(async () => {
    await state.sessions.update(session.id, { archived });
    state.say(
      archived ? trans.__('%1 is archived', session.name) : trans.__('%1 is back in the list', session.name)
    );
  });
}
