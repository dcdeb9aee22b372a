import { codeIcon, fileIcon, type LabIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ICellMention, Mentions } from './mentions';
import type { IToken } from './token';

/** Something that can be put in place of what was typed, or done instead. */
export interface IOption {
  readonly label: string;
  readonly detail: string;
  /** Text that takes the place of the token. */
  readonly insert: string;
  readonly icon?: LabIcon;
  /** Names what is done at once, instead of an insertion. */
  readonly act?: LocalAct;
}

export type LocalAct = 'fork' | 'export' | 'usage';

const MOST = 8;

/** What fits to a token, the best first. */
export async function optionsFor(
  trans: TranslationBundle,
  token: IToken,
  offline: boolean,
  mentions: Mentions
): Promise<IOption[]> {
  if (token.kind === 'command') {
    return commands(trans, offline).filter(each => each.label.startsWith(`/${token.word}`));
  }
  const word = token.word.toLowerCase();
  const cells = mentions.cells().map(cell => ofCell(cell, token.argument));
  const files = (await mentions.files()).map(ofFile);
  const fitting = [
    ...cells.filter(each => matches(each, word)).slice(0, MOST / 2),
    ...files.filter(each => matches(each, word))
  ];
  const named = (each: IOption) => (each.label.toLowerCase().includes(word) ? 0 : 1);
  return fitting.sort((a, b) => named(a) - named(b)).slice(0, MOST);
}

/** The command that is done here, when the whole message is one. */
export function localAct(text: string): LocalAct | null {
  const act = /^\/(fork|export|usage)$/.exec(text.trim())?.[1];
  return (act as LocalAct | undefined) ?? null;
}

function commands(trans: TranslationBundle, offline: boolean): IOption[] {
  const here: [LocalAct, string][] = [
    ['fork', trans.__('Fork this session here')],
    ['export', trans.__('Export this session')],
    ['usage', trans.__('Tokens and price so far')]
  ];
  const own = here.map(([act, detail]) => ({ label: `/${act}`, detail, insert: '', act }));
  const asked: [string, string][] = [
    ['/help', trans.__('What the offline agent understands')],
    ['/list', trans.__('List the files of a folder')],
    ['/read', trans.__('Read a file')],
    ['/search', trans.__('Search words in files')],
    ['/run', trans.__('Run a cell of the notebook again')],
    ['/terminal', trans.__('Run a command in a terminal')],
    ['/ask', trans.__('Let the agent ask you')],
    ['/promote', trans.__('Promote what a cell returned')],
    ['/dispose', trans.__('Decide')]
  ];
  const told = asked.map(([label, detail]) => ({ label, detail, insert: `${label} ` }));
  return offline ? [...told, ...own] : own;
}

function ofCell(cell: ICellMention, argument: boolean): IOption {
  return {
    label: cell.prompt,
    detail: cell.source,
    // A command of the offline agent takes the id alone.
    insert: argument ? `${cell.id} ` : `${cell.notebook}#${cell.id} `,
    icon: codeIcon
  };
}

function ofFile(path: string): IOption {
  return { label: path, detail: '', insert: `${path} `, icon: fileIcon };
}

function matches({ label, detail }: IOption, word: string): boolean {
  return `${label} ${detail}`.toLowerCase().includes(word);
}
