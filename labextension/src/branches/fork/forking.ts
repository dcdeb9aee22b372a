import { Notification } from '@jupyterlab/apputils';
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';

import type { ForkedBranch } from '../../api/schema';
import { telling } from '../../chats/dialogs';
import { cellName } from '../../components/cells';
import { duration } from '../../components/times';
import type { BranchesModel, IPlace } from '../../models/branches';
import { MAIN } from '../../models/branches';
import { revealCell } from '../../notebooks/reveal';
import type { IBranchParts } from '../parts';
import { freeName, named } from '../rows';
import { showLost } from './lost';
import { ForkModel, type ForkKernel, type ForkWay, type IForkCell } from './model';
import { ForkPopover } from './popover';
import { followRerun } from './progress';
import { forkWhenIdle } from './waiting';
import { type IRunningCell, lostOf } from './words';

/** What forking needs. */
export interface IForkParts extends IBranchParts {
  readonly notebooks: INotebookTracker;
}

/** How often the server is asked whether a cell still runs, in milliseconds. */
const LOOK_MS = 2_000;

type CellWidget = NotebookPanel['content']['widgets'][number];

/** A fork of an open notebook that a person is about to make. */
interface IForking {
  readonly parts: IForkParts;
  readonly panel: NotebookPanel;
  readonly model: ForkModel;
}

const KERNELS: Record<ForkWay, ForkKernel> = { fork: 'auto', run: 'rerun', stateless: 'none', wait: 'auto' };

/** Ask how to fork a notebook from a cell, beside `at`, and do it. */
export async function openFork(
  parts: IForkParts,
  panel: NotebookPanel,
  cell: CellWidget,
  at: HTMLElement | null
): Promise<void> {
  const { sessions, trans } = parts;
  const path = panel.context.localPath;
  const project = sessions.projects.at(path);
  if (!project) {
    return;
  }
  const branches = sessions.projects.branchesOf(project.id);
  await branches.ensure();
  const place = branches.branchOf(path);
  if (!place) {
    return;
  }
  const model = new ForkModel(sessions.settings, branches, {
    place,
    cell: describe(parts, panel, cell),
    name: suggestedName(branches, place),
    save: () => saved(panel),
    running: () => runningIn(panel)
  });
  const forking = { parts, panel, model };
  const popover: ForkPopover = new ForkPopover(trans, model, at, way => void fork(forking, popover, way));
  const kernel = panel.sessionContext.session?.kernel;
  const onStatus = (_: unknown, status: Kernel.Status) => {
    // What it would be changes with the end of a cell.
    if (status === 'idle' && model.preview?.kernel.busy) {
      void model.check();
    }
  };
  kernel?.statusChanged.connect(onStatus);
  // JupyterLab may have taken the end of another request for it.
  const timer = window.setInterval(() => model.preview?.kernel.busy && void model.check(), LOOK_MS);
  popover.disposed.connect(() => {
    kernel?.statusChanged.disconnect(onStatus);
    window.clearInterval(timer);
  });
  popover.open();
  // Names of branches that others have made meanwhile.
  void branches.load();
  void model.check();
}

async function fork(forking: IForking, popover: ForkPopover, way: ForkWay): Promise<void> {
  const { model } = forking;
  if (way === 'wait') {
    popover.dispose();
    await forkLater(forking);
    return;
  }
  const made = await model.fork(KERNELS[way]);
  if (made) {
    popover.dispose();
    await show(forking, made);
  } else if (popover.isDisposed) {
    Notification.error(model.error, { autoClose: 8000 });
  }
}

/** Fork at the end of the cell that runs; the person goes on meanwhile. */
async function forkLater(forking: IForking): Promise<void> {
  const { parts, panel, model } = forking;
  const { trans } = parts;
  const stop = new AbortController();
  const id = Notification.emit(
    trans.__('%1 is forked when the running cell ends', model.name.trim()),
    'in-progress',
    { autoClose: false, actions: [{ label: trans.__('Cancel'), callback: () => stop.abort() }] }
  );
  const made = await telling(() =>
    forkWhenIdle(panel.sessionContext.session?.kernel ?? null, model, stop.signal)
  );
  Notification.dismiss(id);
  if (made) {
    await show(forking, made);
  }
}

/** Show the branch, and say what was done. */
async function show(forking: IForking, made: ForkedBranch): Promise<void> {
  const { parts, model } = forking;
  const open = () => openForked(forking, made);
  if (made.running > 0) {
    followRerun(parts, made, () => void telling(open));
  }
  await model.branches.load();
  if (model.beside) {
    await telling(open);
  }
  if (made.running === 0) {
    say(forking, made, () => void telling(open));
  }
}

function say({ parts: { trans }, model }: IForking, made: ForkedBranch, open: () => void): void {
  const { branch, fork: record } = made;
  const head =
    record.milliseconds === null
      ? trans.__('Forked')
      : trans.__('Forked in %1', duration(trans, Math.max(100, record.milliseconds), true));
  const { cell, place } = model.source;
  const text = trans._n(
    '%2 shares the %1 cell up to %3 with %4.',
    '%2 shares the %1 cells up to %3 with %4.',
    record.shared,
    branch.name,
    cell.name,
    model.branches.nameOf(place.branch)
  );
  const lost = lostOf(trans, record);
  Notification.success(`${head}\n${text}`, {
    autoClose: 10_000,
    actions: [
      { label: trans.__('Open'), callback: open },
      ...(lost.length > 0
        ? [
            {
              label: trans.__('Show what was left out'),
              displayType: 'link' as const,
              callback: () => void showLost(trans, branch.name, record)
            }
          ]
        : [])
    ]
  });
}

/** Open the notebook of the branch beside the one that was forked, at the same cell. */
async function openForked(
  { parts, panel, model }: IForking,
  { opened, fork: record, kernel_id }: ForkedBranch
): Promise<void> {
  const { app } = parts;
  const beside = panel.isDisposed ? {} : { options: besideOf(parts, panel, model) };
  // A cell that is run before JupyterLab has found the kernel would start another one.
  const kernel = kernel_id === null ? {} : { kernel: { id: kernel_id } };
  const args = { path: opened.path, ...kernel, ...beside };
  const widget = (await app.commands.execute('docmanager:open', args)) as NotebookPanel | undefined;
  if (widget) {
    void widget.sessionContext.ready.then(() => forgetKernel(widget));
    await revealCell(widget, record.cell_id);
  }
}

/** When this kernel is shut down later, the next one is another. */
function forgetKernel({ sessionContext }: NotebookPanel): void {
  if (!sessionContext.isDisposed) {
    sessionContext.kernelPreference = { ...sessionContext.kernelPreference, id: undefined };
  }
}

/** At the right; behind another branch of the notebook where one is shown beside it already. */
function besideOf({ notebooks }: IForkParts, panel: NotebookPanel, { branches, source }: ForkModel) {
  const other = notebooks.find(each => {
    const place = branches.branchOf(each.context.localPath);
    return each !== panel && each.isVisible && place?.notebook === source.place.notebook;
  });
  return other ? { mode: 'tab-after', ref: other.id } : { mode: 'split-right', ref: panel.id };
}

function describe({ trans }: IForkParts, { content }: NotebookPanel, cell: CellWidget): IForkCell {
  const cells = content.widgets;
  const index = cells.indexOf(cell);
  const count = cell.model.type === 'code' ? (cell.model as ICodeCellModel).executionCount : null;
  return {
    id: cell.model.id,
    name: cellName(trans, count, index, cell.model.type),
    below: cells.length - index - 1,
    code: cells
      .slice(0, index + 1)
      .filter(({ model }) => model.type === 'code' && model.sharedModel.getSource().trim() !== '').length
  };
}

/** "try-1", or the name of the branch with a number. */
function suggestedName({ items, nameOf }: BranchesModel, { branch }: IPlace): string {
  if (branch !== MAIN) {
    return freeName(items, items.find(each => each.id === branch)?.name ?? nameOf(branch));
  }
  return named(items, 'try-1') ? freeName(items, 'try-1') : 'try-1';
}

/** Saves that are on their way. */
const SAVING = new WeakMap<object, Promise<void>>();

/** The server forks what is saved. Two saves at once would take each other for another program. */
export async function saved({ context }: NotebookPanel): Promise<void> {
  const known = SAVING.get(context);
  if (known) {
    await known;
  } else if (context.model.dirty) {
    const saving = context.save().finally(() => SAVING.delete(context));
    SAVING.set(context, saving);
    await saving;
  }
}

function runningIn({ content }: NotebookPanel): IRunningCell | null {
  const cell = content.widgets.find(
    ({ model }) => model.type === 'code' && (model as ICodeCellModel).executionState === 'running'
  );
  if (!cell) {
    return null;
  }
  const timing = cell.model.getMetadata('execution') as Record<string, unknown> | undefined;
  const began = timing?.['iopub.execute_input'];
  return {
    source: cell.model.sharedModel.getSource().split('\n', 1)[0] ?? '',
    since: typeof began === 'string' ? Date.parse(began) : null
  };
}
