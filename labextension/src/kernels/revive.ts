import { Notification } from '@jupyterlab/apputils';
import type { ICodeCellModel } from '@jupyterlab/cells';
import { PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { dropCheckpoints, readRevival, reviveKernel } from '../api/forks';
import type { LastState } from '../api/schema';
import { telling } from '../chats/dialogs';
import { cellName } from '../components/cells';
import { duration } from '../components/times';
import type { IKernelParts } from './place';
import { placeOf } from './place';

/** The server may hear of a death a moment after us. */
const AGAIN_MS = 1500;
/** Offers that stand, by the tab of the notebook. */
const OFFERS = new WeakMap<NotebookPanel, string>();

/** Offer to bring the kernel of a notebook back, if there is something to bring back. */
export async function offerRevival(parts: IKernelParts, panel: NotebookPanel): Promise<void> {
  const { sessions, trans } = parts;
  const place = await placeOf(sessions, panel);
  if (!place) {
    return;
  }
  const { project, branch, notebook } = place;
  const look = async () => (await readRevival(sessions.settings, project, branch, notebook)).last;
  const last = await telling(async () => {
    const found = await look();
    if (found) {
      return found;
    }
    await new Promise(done => window.setTimeout(done, AGAIN_MS));
    return look();
  });
  if (!last || panel.isDisposed) {
    return;
  }
  const dismiss = {
    label: trans.__('Dismiss'),
    caption: trans.__('Frees the memory of the states that were kept'),
    callback: () => void telling(() => dropCheckpoints(sessions.settings, project, branch, notebook))
  };
  withdraw(panel);
  const id = Notification.warning(offerText(trans, panel, last), {
    autoClose: false,
    actions: [
      { label: trans.__('Revive'), displayType: 'accent', callback: () => void revive(parts, panel) },
      dismiss
    ]
  });
  OFFERS.set(panel, id);
  panel.disposed.connect(() => withdraw(panel));
}

/** Bring the kernel of a notebook back; say to which cell, or why not. */
export async function revive(parts: IKernelParts, panel: NotebookPanel): Promise<void> {
  const { app, sessions, trans } = parts;
  const place = await placeOf(sessions, panel);
  const made =
    place &&
    (await telling(() => reviveKernel(sessions.settings, place.project, place.branch, place.notebook)));
  if (!made) {
    return;
  }
  withdraw(panel);
  // JupyterLab itself would look only at its next poll, and send what is run to a kernel that is gone.
  await app.serviceManager.sessions.refreshRunning();
  const took = duration(trans, Math.max(100, made.milliseconds), true);
  Notification.success(
    [
      trans.__('Brought back in %1', took),
      trans.__('The kernel is as it was after %1.', cellOf(trans, panel, made.last)),
      lostText(trans, panel, made.last)
    ]
      .filter(Boolean)
      .join('\n'),
    { autoClose: 10_000 }
  );
}

function withdraw(panel: NotebookPanel): void {
  const id = OFFERS.get(panel);
  if (id !== undefined) {
    OFFERS.delete(panel);
    Notification.dismiss(id);
  }
}

function offerText(trans: TranslationBundle, panel: NotebookPanel, last: LastState): string {
  const age = duration(trans, Date.now() - Date.parse(last.made_at));
  return [
    trans.__('The kernel of %1 died', PathExt.basename(panel.context.localPath)),
    trans.__('Bring it back as it was after %1, %2 ago?', cellOf(trans, panel, last), age),
    lostText(trans, panel, last)
  ]
    .filter(Boolean)
    .join('\n');
}

/** The cell that ran last before the state was kept. */
function cellOf(trans: TranslationBundle, panel: NotebookPanel, last: LastState): string {
  const named = last.cell_id === null ? '' : nameOf(trans, panel, last.cell_id);
  return named || cellName(trans, last.number, null);
}

/** Which cells would have to run again; nothing when there are none. */
function lostText(trans: TranslationBundle, panel: NotebookPanel, { lost }: LastState): string {
  const names = lost.map(id => nameOf(trans, panel, id)).filter(Boolean);
  return names.length ? trans.__('What ran since is not in it: %1.', names.join(', ')) : '';
}

function nameOf(trans: TranslationBundle, { content }: NotebookPanel, id: string): string {
  const index = content.widgets.findIndex(each => each.model.id === id);
  const model = content.widgets[index]?.model;
  if (!model) {
    return '';
  }
  const count = model.type === 'code' ? (model as ICodeCellModel).executionCount : null;
  return cellName(trans, count, index, model.type);
}
