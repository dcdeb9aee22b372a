import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification, type WidgetTracker } from '@jupyterlab/apputils';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';

import { undoVersion } from '../api/versions';
import type { MergePreview } from '../api/schema';
import { telling } from '../chats/dialogs';
import type { IConversations, ISessions } from '../tokens';
import type { DiffWidget } from './diff';
import type { BranchComparisonPage } from './compare';
import type { ICompared } from './compare/model';
import type { IDiffArgs } from './diff/model';
import type { IPageParts } from './diff/page';
import type { MergeWidget } from './merge';
import type { ReviewWidget } from './review';

interface IParts {
  app: JupyterFrontEnd;
  sessions: ISessions;
  conversations: IConversations;
  rendermime: IRenderMimeRegistry;
  languages: IEditorLanguageRegistry | null;
  editors: IEditorServices | null;
  trans: TranslationBundle;
}

interface ITrackers {
  diffs: WidgetTracker<DiffWidget>;
  merges: WidgetTracker<MergeWidget>;
  reviews: WidgetTracker<ReviewWidget>;
  comparisons: WidgetTracker<BranchComparisonPage>;
}

/** The tabs that show changes: one for each pair of versions, each merge, each run. */
export class ChangesTabs {
  constructor(
    private readonly _parts: IParts,
    readonly trackers: ITrackers
  ) {}

  async diff(asked: IDiffArgs, restore: boolean): Promise<void> {
    const code = await import('./diff');
    const { settings } = this._parts.sessions;
    const args = await this._named(asked);
    await this._show(this.trackers.diffs, code.diffId(args), restore, shared => {
      const model = new code.DiffModel(settings, this._sessionsOf(args.project), args);
      return new code.DiffWidget(shared, model, new code.CellContents(settings, args.project));
    });
  }

  async compare(args: ICompared, restore: boolean): Promise<void> {
    const [code, diff] = await Promise.all([import('./compare'), import('./diff')]);
    const { app, sessions } = this._parts;
    const { project, notebook, branches } = args;
    await this._show(this.trackers.comparisons, code.comparisonId(args), restore, shared => {
      const list = sessions.projects.branchesOf(project);
      const contents = new diff.CellContents(sessions.settings, project);
      const model = new code.BranchComparison(
        sessions.settings,
        this._sessionsOf(project),
        list,
        contents,
        args
      );
      const [from = '', to = ''] = branches;
      return new code.BranchComparisonPage(shared, model, {
        onOpen: branch =>
          void telling(async () => {
            const path = await list.open(branch, notebook);
            await app.commands.execute('docmanager:open', { path });
          }),
        onConverge: branch => void code.askToConverge(this._parts, project, branches, notebook, branch),
        onChanges: () =>
          void this.diff({ project, notebook, from: `branch:${from}`, to: `branch:${to}` }, false)
      });
    });
  }

  async review(project: string, run: string, restore: boolean): Promise<void> {
    const [code, diff] = await Promise.all([import('./review'), import('./diff')]);
    const { settings } = this._parts.sessions;
    await this._show(this.trackers.reviews, code.reviewId(run), restore, shared => {
      const model = new code.ReviewModel(settings, this._sessionsOf(project), run);
      return new code.ReviewWidget(shared, model, new diff.CellContents(settings, project));
    });
  }

  async merge(project: string, id: string, restore: boolean): Promise<void> {
    const [code, diff] = await Promise.all([import('./merge'), import('./diff')]);
    const { conversations, editors, sessions, trans } = this._parts;
    const { settings } = sessions;
    await this._show(this.trackers.merges, code.mergeId(id), restore, shared => {
      const model = new code.MergeModel(settings, this._sessionsOf(project), id);
      const contents = new diff.CellContents(settings, project);
      const widget: MergeWidget = new code.MergeWidget(shared, model, contents, editors, {
        onMerged: preview => {
          this._sayMerged(project, preview, code.changing(preview));
          widget.close();
        },
        onUndo: preview => void this._undo(project, preview),
        onRequest: (session, { source_name, target_name }) =>
          void conversations.write(
            project,
            session,
            trans.__('Before %1 is merged into %2, please change: ', source_name, target_name)
          )
      });
      return widget;
    });
  }

  /** With the names of branches, where the caller gave none. */
  private async _named(args: IDiffArgs): Promise<IDiffArgs> {
    const branches = this._parts.sessions.projects.branchesOf(args.project);
    await branches.ensure();
    const nameOf = (ref: string) =>
      ref.startsWith('branch:') ? branches.nameOf(ref.slice('branch:'.length)) : undefined;
    return {
      ...args,
      fromName: args.fromName ?? nameOf(args.from),
      toName: args.toName ?? nameOf(args.to)
    };
  }

  /** Show the tab with this id: the one that is open, or a new one. */
  private async _show<T extends Widget>(
    tracker: WidgetTracker<T>,
    id: string,
    restore: boolean,
    make: (shared: IPageParts) => T
  ): Promise<void> {
    const { shell } = this._parts.app;
    const shared = await this._shared();
    let widget = tracker.find(each => each.id === id);
    if (!widget) {
      widget = make(shared);
      shell.add(widget, 'main', { activate: false });
      await tracker.add(widget);
    }
    if (!restore) {
      shell.activateById(id);
    }
  }

  private async _shared(): Promise<IPageParts> {
    const { Colours, Renderer } = await import('./diff');
    const { languages, rendermime, trans } = this._parts;
    this._page ??= { trans, renderer: new Renderer(rendermime), colours: new Colours(languages) };
    return this._page;
  }

  private _sessionsOf(project: string) {
    return this._parts.sessions.projects.sessionsOf(project);
  }

  private _sayMerged(project: string, preview: MergePreview, cells: number): void {
    const { trans } = this._parts;
    const text = trans._n('Merged %1 cell into %2', 'Merged %1 cells into %2', cells, preview.target_name);
    Notification.success(text, {
      autoClose: 20_000,
      actions: [{ label: trans.__('Undo'), callback: () => void this._undo(project, preview) }]
    });
  }

  /** Take the merge back; what was changed since stays, and is named. */
  private async _undo(project: string, { merge, target_name }: MergePreview): Promise<void> {
    const { sessions, trans } = this._parts;
    const { operation } = merge;
    if (operation === null) {
      return;
    }
    const undone = await telling(() => undoVersion(sessions.settings, project, operation));
    if (!undone) {
      return;
    }
    const { leftText } = await import('../components/changes');
    Notification.info(
      undone.left.length > 0
        ? leftText(trans, undone.left)
        : trans.__('The merge into %1 is undone', target_name),
      { autoClose: 8000 }
    );
  }

  private _page: IPageParts | null = null;
}
