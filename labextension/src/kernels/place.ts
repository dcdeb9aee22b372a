import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IPlace } from '../models/branches';
import type { ISessions } from '../tokens';

/** What looking into kernels, and bringing them back, needs. */
export interface IKernelParts {
  readonly app: JupyterFrontEnd;
  readonly sessions: ISessions;
  readonly trans: TranslationBundle;
}

/** Which notebook of which project and branch is open, or null when it is in none. */
export async function placeOf(
  sessions: ISessions,
  panel: NotebookPanel
): Promise<(IPlace & { project: string }) | null> {
  const path = panel.context.localPath;
  const project = sessions.projects.at(path);
  if (!project) {
    return null;
  }
  const branches = sessions.projects.branchesOf(project.id);
  await branches.ensure();
  const place = branches.branchOf(path);
  return place && { ...place, project: project.id };
}
