import type { ServerConnection } from '@jupyterlab/services';

import { listKeyResults, readKeyResultData } from '../../api/keyResults';
import type { KeyResult } from '../../api/schema';
import type { SessionsModel } from '../../models/sessions';

type Output = Readonly<Record<string, unknown>>;

/** A key result that came out of one of the notebooks, with what the cell showed. */
export interface IResult {
  readonly result: KeyResult;
  readonly outputs: readonly Output[];
}

/** Key results of the same title: one of each branch, or none. */
export interface IResultRow {
  readonly title: string;
  readonly results: readonly (IResult | undefined)[];
}

/** The key results that came out of these files; `files`: path below the project, one for each branch. */
export async function readResults(
  settings: ServerConnection.ISettings,
  sessions: SessionsModel,
  files: readonly string[]
): Promise<IResultRow[]> {
  await sessions.ensure();
  const { project } = sessions;
  const having = sessions.items.filter(each => each.key_result_count > 0);
  const lists = await Promise.all(having.map(each => listKeyResults(settings, project, each.id)));
  const ours = lists.flat().filter(each => files.includes(each.origin.notebook));
  const read = await Promise.all(
    ours.map(async result => {
      const { outputs } = await readKeyResultData(settings, project, result.session_id, result.id);
      return { result, outputs };
    })
  );
  return resultRows(read, files);
}

/** By title, in the order in which they were made; of two with one title on a branch the newer one. */
export function resultRows(found: readonly IResult[], files: readonly string[]): IResultRow[] {
  const inOrder = [...found].sort((a, b) => a.result.created_at.localeCompare(b.result.created_at));
  const titles = new Set(inOrder.map(each => each.result.title));
  return [...titles].map(title => ({
    title,
    results: files.map(file =>
      inOrder.findLast(({ result }) => result.title === title && result.origin.notebook === file)
    )
  }));
}
