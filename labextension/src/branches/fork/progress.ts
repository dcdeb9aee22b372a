import { Notification } from '@jupyterlab/apputils';

import { readForkProgress, stopFork } from '../../api/forks';
import { ApiError } from '../../api/request';
import type { Branch, ForkedBranch, ForkProgress } from '../../api/schema';
import { telling } from '../../chats/dialogs';
import type { Live } from '../../api/unions';
import type { SessionsModel } from '../../models/sessions';
import type { IBranchParts } from '../parts';

/** Within this time JupyterLab has shown a new notification, in milliseconds. */
const SHOWN_MS = 1_000;

/** Branches whose cells run again, and are followed. */
const followed = new Set<string>();

/** Follow cells that have been running again since before the page was loaded. */
export async function resumeRerun(parts: IBranchParts, branch: Branch, open: () => void): Promise<void> {
  if (followed.has(branch.id)) {
    return;
  }
  try {
    const progress = await readForkProgress(parts.sessions.settings, branch.project_id, branch.id);
    if (progress.state === 'running') {
      followRerun(parts, { branch, running: progress.total }, open, progress.done);
    }
  } catch {
    // The server has started since: nothing runs.
  }
}

/** Show how far the cells of a branch have run again, with a button that stops it. */
export function followRerun(
  parts: IBranchParts,
  { branch, running }: Pick<ForkedBranch, 'branch' | 'running'>,
  open: () => void,
  most = 0
): void {
  if (followed.has(branch.id)) {
    return;
  }
  followed.add(branch.id);
  const { sessions, trans } = parts;
  const project = branch.project_id;
  const live = sessions.projects.sessionsOf(project);
  const stop = {
    label: trans.__('Stop'),
    callback: (event: MouseEvent) => {
      event.preventDefault();
      void telling(() => stopFork(sessions.settings, project, branch.id));
    }
  };
  const id = Notification.emit(progressText(parts, branch.name, most, running), 'in-progress', {
    autoClose: false,
    progress: running > 0 ? most / running : 0,
    actions: [stop]
  });
  let ended = false;
  const draw = () => {
    const message = progressText(parts, branch.name, most, running);
    Notification.update({ id, message, progress: running > 0 ? most / running : 0 });
  };
  // What comes while JupyterLab is about to show the notification is lost.
  window.setTimeout(() => !ended && draw(), SHOWN_MS);
  const end = () => {
    ended = true;
    followed.delete(branch.id);
    live.live.disconnect(onLive);
    live.followed.disconnect(ask);
    Notification.dismiss(id);
  };
  const show = (progress: ForkProgress) => {
    const { done, total, state } = progress;
    // The answer to what was asked may be older than what was told meanwhile.
    if (ended || done < most) {
      return;
    }
    most = done;
    running = total;
    if (state === 'running') {
      draw();
      return;
    }
    end();
    sayEnd(parts, branch.name, progress, open);
  };
  const onLive = (_: SessionsModel, message: Live) => {
    if (message.type === 'fork.progress' && message.branch === branch.id) {
      show(message);
    }
  };
  // What was told before one listened, or while the connection was lost.
  const ask = () =>
    void telling(async () => {
      try {
        show(await readForkProgress(sessions.settings, project, branch.id));
      } catch (error) {
        if (error instanceof ApiError) {
          end(); // the server has started since: nothing runs
        }
        throw error;
      }
    });
  live.live.connect(onLive);
  live.followed.connect(ask);
  void live.ensure();
  ask();
}

function progressText({ trans }: IBranchParts, name: string, done: number, total: number): string {
  return trans.__('%1 runs its shared cells again: %2 of %3', name, done, total);
}

function sayEnd({ trans }: IBranchParts, name: string, progress: ForkProgress, open: () => void): void {
  const { state, done, total, error } = progress;
  const actions = [{ label: trans.__('Open'), callback: open }];
  if (state === 'completed') {
    Notification.success(
      trans._n(
        'Ran %1 cell again\n%2 has its variables.',
        'Ran %1 cells again\n%2 has their variables.',
        total,
        name
      ),
      { autoClose: 10_000, actions }
    );
  } else if (state === 'stopped') {
    Notification.info(trans.__('Stopped\n%1 has run %2 of %3 cells again.', name, done, total), {
      autoClose: 10_000,
      actions
    });
  } else {
    Notification.error(trans.__('Cell %1 of %2 failed on %3\n%4', done + 1, total, name, error ?? ''), {
      autoClose: false,
      actions
    });
  }
}
