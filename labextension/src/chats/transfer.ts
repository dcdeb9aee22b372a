import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Session } from '../api/schema';
import { type ExportFormat, exportSession } from '../api/sessions';
import type { IMenuItem } from '../components/menu';
import { telling } from './dialogs';

const ENDINGS: Record<ExportFormat, string> = {
  markdown: 'md',
  html: 'html',
  notebook: 'ipynb',
  jsonl: 'jsonl',
  chat: 'chat'
};

/** The kinds of file that a conversation can be saved as. */
export function exportItems(
  trans: TranslationBundle,
  settings: ServerConnection.ISettings,
  session: Session
): IMenuItem[] {
  const kinds: [ExportFormat, string][] = [
    ['markdown', trans.__('Markdown')],
    ['html', trans.__('HTML')],
    ['notebook', trans.__('Notebook')],
    ['jsonl', trans.__('JSON Lines, Everything')],
    ['chat', trans.__('Jupyter Chat')]
  ];
  return kinds.map(([format, label]) => ({
    label,
    execute: () => void telling(() => save(settings, session, format))
  }));
}

async function save(
  settings: ServerConnection.ISettings,
  session: Session,
  format: ExportFormat
): Promise<void> {
  const file = await exportSession(settings, session.project_id, session.id, format);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = fileName(session.name, ENDINGS[format]);
  link.click();
  // The browser has taken hold of it by then.
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A name that every file system takes. */
export function fileName(name: string, ending: string): string {
  // eslint-disable-next-line no-control-regex
  const safe = name.replace(/[\u0000-\u001f\u007f<>:"/\\|?*]+/g, '-').replace(/^[.\s]+|[.\s]+$/g, '');
  return `${safe.slice(0, 100) || 'session'}.${ending}`;
}
