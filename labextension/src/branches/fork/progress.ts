import { Notification } from '@jupyterlab/apputils';

import { readForkProgress, stopFork } from '../../api/forks';
import type { ForkedBranch, ForkProgress } from '../../api/schema';
import { telling } from '../../chats/dialogs';
import type { Live } from '../../api/unions';
import type { SessionsModel } from '../../models/sessions';
import type { IBranchParts } from '../parts';

/** Show how far the cells of a branch have run again, with a button that stops it. */
export function followRerun(parts: IBranchParts, { branch, running }: ForkedBranch, open: () => void): void {
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
  const id = Notification.emit(progressText(parts, branch.name, 0, running), 'in-progress', {
    autoClose: false,
    progress: 0,
    actions: [stop]
  });
  let ended = false;
  let most = 0;
  const show = (progress: ForkProgress) => {
    const { done, total, state } = progress;
    // The answer to what was asked may be older than what was told meanwhile.
    if (ended || done < most) {
      return;
    }
    most = done;
    if (state === 'running') {
      Notification.update({
        id,
        message: progressText(parts, branch.name, done, total),
        progress: total > 0 ? done / total : 0
      });
      return;
    }
    ended = true;
    live.live.disconnect(onLive);
    Notification.dismiss(id);
    sayEnd(parts, branch.name, progress, open);
  };
  const onLive = (_: SessionsModel, message: Live) => {
    if (message.type === 'fork.progress' && message.branch === branch.id) {
      show(message);
    }
  };
  live.live.connect(onLive);
  void live.ensure();
  // What was told before one listened.
  void telling(async () => show(await readForkProgress(sessions.settings, project, branch.id)));
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
