import type { TranslationBundle } from '@jupyterlab/translation';

import type { ICall } from '../models/entries';

/** Verb of a call's row: what happens, or what has happened. */
export function verbOf(trans: TranslationBundle, call: ICall): string {
  const done = call.status !== 'running' && call.status !== 'waits';
  switch (call.tool) {
    case 'list_files':
      return done ? trans.__('Listed files') : trans.__('Listing files');
    case 'read_file':
      return done ? trans.__('Read file') : trans.__('Reading file');
    case 'search_files':
      return done ? trans.__('Searched') : trans.__('Searching');
    case 'write_file':
      return done ? trans.__('Wrote file') : trans.__('Writing file');
    case 'edit_file':
      return done ? trans.__('Edited file') : trans.__('Editing file');
    case 'create_notebook':
      return done ? trans.__('Created notebook') : trans.__('Creating notebook');
    case 'list_cells':
      return done ? trans.__('Listed cells') : trans.__('Listing cells');
    case 'read_cell':
      return done ? trans.__('Read cell') : trans.__('Reading cell');
    case 'insert_cell':
      return done ? trans.__('Inserted cell') : trans.__('Inserting cell');
    case 'edit_cell':
      return done ? trans.__('Edited cell') : trans.__('Editing cell');
    case 'move_cell':
      return done ? trans.__('Moved cell') : trans.__('Moving cell');
    case 'delete_cell':
      return done ? trans.__('Deleted cell') : trans.__('Deleting cell');
    case 'run_cell':
      return done ? trans.__('Ran cell') : trans.__('Running cell');
    case 'run_terminal':
      return done ? trans.__('Ran in terminal') : trans.__('Running');
    case 'prompt_user':
      return done ? trans.__('Asked') : trans.__('Asking');
    case 'read_result':
      return done ? trans.__('Read on') : trans.__('Reading on');
    case 'promote_result':
      return done ? trans.__('Promoted') : trans.__('Promoting');
    case 'set_disposition':
      return done ? trans.__('Decided') : trans.__('Deciding');
    default:
      return call.tool;
  }
}

/** What a call acts on, as short as it can be said. */
export function objectOf(call: ICall): string {
  const args = call.arguments;
  switch (call.tool) {
    case 'search_files':
      return `“${text(args.query)}”${text(args.path) && args.path !== '.' ? ` ${text(args.path)}` : ''}`;
    case 'run_terminal':
      return text(args.command).split('\n', 1).join();
    case 'prompt_user':
      return text(args.question);
    case 'promote_result':
      return call.status === 'ok' && call.summary ? call.summary : text(args.title);
    case 'read_result':
    case 'set_disposition':
      return '';
    case 'list_files':
      return text(args.path) || '.';
    case 'run_cell':
      return `${text(args.notebook)} ${count(call)}`.trim();
    default:
      return text(args.notebook) || text(args.path);
  }
}

/** What stands at the right of a row besides the icon; the time of a call that went well is left to the view. */
export function noteOf(trans: TranslationBundle, call: ICall): string {
  switch (call.status) {
    case 'waits':
      return call.tool === 'run_terminal' ? trans.__('waits for terminal') : trans.__('waits for kernel');
    case 'error':
      return call.summary || trans.__('failed');
    case 'refused':
      return call.summary || trans.__('not run');
    case 'unknown':
      return trans.__('outcome not known');
    default:
      return '';
  }
}

/** The code or text that a call was given; `null` when its row says all of it. */
export function inputOf(call: ICall): { text: string; language: string } | null {
  const args = call.arguments;
  switch (call.tool) {
    case 'run_cell':
      return typeof call.cell?.source === 'string' ? { text: call.cell.source, language: 'python' } : null;
    case 'insert_cell':
    case 'edit_cell':
      return {
        text: text(args.source),
        language: args.cell_type === 'markdown' ? 'markdown' : 'python'
      };
    case 'write_file':
      return { text: text(args.content), language: languageOf(text(args.path)) };
    case 'edit_file':
      return { text: changed(text(args.old), '−') + '\n' + changed(text(args.new), '+'), language: 'diff' };
    case 'run_terminal':
      return { text: text(args.command), language: 'bash' };
    default:
      return others(args);
  }
}

const SAID = new Set(['notebook', 'path', 'query', 'question']);

function others(args: ICall['arguments']): { text: string; language: string } | null {
  const rest = Object.entries(args).filter(([name, value]) => !SAID.has(name) && value !== null);
  return rest.length > 0
    ? { text: rest.map(([name, value]) => `${name}: ${text(value)}`).join('\n'), language: '' }
    : null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

function count(call: ICall): string {
  const number = call.cell?.execution_count;
  return number === null || number === undefined ? '' : `[${number}]`;
}

function changed(lines: string, sign: string): string {
  return lines
    .split('\n')
    .map(line => `${sign} ${line}`)
    .join('\n');
}

function languageOf(path: string): string {
  const extension = path.split('.').at(-1) ?? '';
  return (
    { py: 'python', md: 'markdown', js: 'javascript', ts: 'typescript', sh: 'bash' }[extension] ?? extension
  );
}
