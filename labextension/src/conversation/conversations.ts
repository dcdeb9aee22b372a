import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import type { Widget } from '@lumino/widgets';

import type { Session } from '../api/schema';
import { exportItems } from '../chats/transfer';
import { telling } from '../chats/dialogs';
import { CommandIDs } from '../commands';
import { MAIN } from '../models/branches';
import { CurrentNotebook, notebookIn } from '../notebooks/current';
import { showCell } from '../notebooks/reveal';
import type { ConversationModel } from '../models/conversation';
import type { IConversations, ISessions } from '../tokens';
import type { ConversationWidget, FindingsOfSessions, KeyResultsWidget, Renderer } from '.';
import type { IConversationContext } from './context';

type Code = typeof import('.');

/** Where conversations open. */
export type Area = 'main' | 'left' | 'right';

interface IParts {
  app: JupyterFrontEnd;
  sessions: ISessions;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
  state: IStateDB | null;
  notebooks: INotebookTracker | null;
  labShell: ILabShell | null;
}

interface IOpen {
  project: string;
  session: string;
  /** In a split of its own. */
  beside?: boolean;
  /** Made again after a reload: takes no focus. */
  restore?: boolean;
  /** Event to show. */
  at?: number;
}

/** The conversations that are open, and where new ones go. */
export class Conversations implements IConversations {
  area: Area = 'main';
  /** The settings are read. */
  ready: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly _parts: IParts,
    private readonly _tracker: WidgetTracker<ConversationWidget>
  ) {
    this._viewed = new CurrentNotebook(_parts.notebooks);
    _tracker.currentChanged.connect(() => this._changed());
    _tracker.widgetAdded.connect((_, widget) => widget.disposed.connect(() => this._changed()));
  }

  get last(): ConversationWidget | null {
    return this._tracker.currentWidget;
  }

  get current(): string | null {
    return this.last?.session ?? null;
  }

  set showReasoning(value: boolean) {
    this._showReasoning = value;
    this._tracker.forEach(widget => {
      widget.showReasoning = value;
    });
  }

  isOpen(session: string): boolean {
    return this._find(session) !== undefined;
  }

  isVisible(session: string): boolean {
    return this._find(session)?.isVisible ?? false;
  }

  close(session: string): void {
    this._find(session)?.close();
  }

  async write(project: string, session: string, text: string): Promise<void> {
    (await this.open({ project, session })).write(text);
  }

  onChange(callback: () => void): IDisposable {
    this._callbacks.add(callback);
    return new DisposableDelegate(() => this._callbacks.delete(callback));
  }

  /** Show the tab of a session; make it when it is not open. */
  async open(args: IOpen): Promise<ConversationWidget> {
    const { shell } = this._parts.app;
    let widget = this._find(args.session);
    if (!widget) {
      // The conversation's code is loaded with the first one.
      const [code] = await Promise.all([import('.'), this.ready]);
      widget = this._find(args.session) ?? this._make(code, args);
    }
    if (!widget.isAttached) {
      this._add(widget, args);
      await this._tracker.add(widget);
    }
    if (args.at !== undefined) {
      widget.goTo(args.at);
    }
    if (!args.restore) {
      shell.activateById(widget.id);
    }
    return widget;
  }

  async contextOf(project: string, session: string): Promise<IConversationContext> {
    return this._contextOf(await import('.'), project, session);
  }

  /** Make the tab with the key results of a session. */
  async makeResults(project: string, session: string): Promise<KeyResultsWidget> {
    const code = await import('.');
    return new code.KeyResultsWidget(this._parts.trans, this._contextOf(code, project, session));
  }

  /** Show the conversation that was last current, ready to write. */
  show(): void {
    if (this.last) {
      this._parts.app.shell.activateById(this.last.id);
      this.last.focusComposer();
    }
  }

  private _make(code: Code, { project, session }: IOpen): ConversationWidget {
    const { sessions, trans } = this._parts;
    void sessions.projects.branchesOf(project).ensure();
    return new code.ConversationWidget(trans, this._contextOf(code, project, session), sessions.projects);
  }

  /** What the views of a session share. */
  private _contextOf(code: Code, project: string, session: string): IConversationContext {
    const { app, notebooks, sessions, rendermime, trans, state } = this._parts;
    const findings = this._shared(code);
    this._renderer ??= new code.Renderer(rendermime);
    if (sessions.models.items.length === 0) {
      void sessions.models.load().catch((reason: unknown) => console.warn('jupyter-sessions:', reason));
    }
    const model = new code.ConversationModel(
      sessions.settings,
      sessions.projects.sessionsOf(project),
      session,
      new code.PlaceKeeper(state, session)
    );
    return {
      model,
      models: sessions.models,
      renderer: this._renderer,
      showReasoning: this._showReasoning,
      mentions: new code.Mentions(
        app.serviceManager.contents,
        notebooks,
        () => this._folderOf(project),
        () => this._notebookOf(project)
      ),
      branches: sessions.projects.branchesOf(project),
      viewed: this._viewed,
      pickBranch: at => void this._pickBranch(model.session, at),
      notebook: () => this._notebookOf(project),
      open: (path, branch) => void telling(() => this._openFile(project, path, branch ?? branchOf(model))),
      openSession: (other, at) => void this.open({ project, session: other, at: at ?? undefined }),
      exports: each => exportItems(trans, sessions.settings, each),
      focusComposer: () => void this.open({ project, session }),
      findings: of => findings.of(project, of),
      showCell: (notebook, cell, branch) =>
        showCell(this._parts, this._fileOf(project, notebook, branch ?? branchOf(model)), cell),
      reviewRun: run => void app.commands.execute(CommandIDs.reviewRun, { project, run }),
      openMerge: merge => void app.commands.execute(CommandIDs.openMerge, { project, merge }),
      showResults: () => void app.commands.execute(CommandIDs.showResults, { project, session })
    };
  }

  /** Key results and dispositions, which also look at what is saved here. */
  private _shared(code: Code): FindingsOfSessions {
    if (!this._findings) {
      const { app, sessions } = this._parts;
      const findings = new code.FindingsOfSessions(sessions.settings, sessions.projects);
      app.serviceManager.contents.fileChanged.connect((_, { type, newValue }) => {
        if (type === 'save' && newValue?.path) {
          findings.saved(newValue.path);
        }
      });
      this._findings = findings;
    }
    return this._findings;
  }

  /** Beside the notebook; behind another conversation when there is one. */
  private _add(widget: ConversationWidget, { beside, restore }: IOpen): void {
    const { shell } = this._parts.app;
    widget.inSidebar = this.area !== 'main';
    if (this.area !== 'main') {
      shell.add(widget, this.area, { rank: 500, type: 'Conversation' });
      return;
    }
    const shown = (each: ConversationWidget | null) => each !== null && each !== widget && each.isAttached;
    const other = shown(this.last) ? this.last : this._tracker.find(shown);
    const options: DocumentRegistry.IOpenOptions = { activate: false };
    const current = this._parts.labShell?.currentWidget ?? null;
    if (restore) {
      // The restorer puts it where it was.
    } else if (other && !beside) {
      Object.assign(options, { mode: 'tab-after', ref: other.id });
    } else {
      const ref = other ?? this._parts.notebooks?.currentWidget ?? (isLauncher(current) ? null : current);
      if (ref) {
        Object.assign(options, { mode: 'split-right', ref: ref.id });
      }
    }
    shell.add(widget, 'main', options);
  }

  private _find(session: string): ConversationWidget | undefined {
    return this._tracker.find(widget => widget.session === session);
  }

  private _folderOf(project: string): string | null {
    return this._parts.sessions.projects.get(project)?.path ?? null;
  }

  private _notebookOf(project: string): string | null {
    return notebookIn(this._parts.notebooks, this._folderOf(project));
  }

  private async _pickBranch(session: Session | undefined, at: HTMLElement): Promise<void> {
    if (session) {
      // The list's code is loaded with the first one.
      const { chooseForSession } = await import('../branches/choosing');
      chooseForSession({ ...this._parts, conversations: this }, session, at);
    }
  }

  private async _openFile(project: string, path: string, branch: string): Promise<void> {
    const branches = this._parts.sessions.projects.branchesOf(project);
    const file = this._pathOf(project, path);
    // Notebooks are files of their branch; all others are shared.
    const shared = branch === MAIN || !path.endsWith('.ipynb') || this._isOfBranch(project, file);
    await this._parts.app.commands.execute('docmanager:open', {
      path: shared ? file : await branches.open(branch, path),
      options: { mode: 'tab-after', ref: this._parts.notebooks?.currentWidget?.id }
    });
  }

  /** Path of the contents API of a notebook on a branch. */
  private _fileOf(project: string, notebook: string, branch: string): string {
    const file = this._pathOf(project, notebook);
    return this._isOfBranch(project, file)
      ? file
      : (this._parts.sessions.projects.branchesOf(project).fileOf(branch, notebook) ?? file);
  }

  /** Whether a path leads into the folder of a branch already. */
  private _isOfBranch(project: string, file: string): boolean {
    const place = this._parts.sessions.projects.branchesOf(project).branchOf(file);
    return place !== null && place.branch !== MAIN;
  }

  /** Path of the contents API for one below a project. */
  private _pathOf(project: string, path: string): string {
    const folder = this._parts.sessions.projects.get(project)?.path ?? '';
    return folder ? `${folder}/${path}` : path;
  }

  private _changed(): void {
    this._callbacks.forEach(callback => callback());
  }

  private readonly _viewed: CurrentNotebook;
  private _callbacks = new Set<() => void>();
  private _renderer: Renderer | null = null;
  private _findings: FindingsOfSessions | null = null;
  private _showReasoning = true;
}

function branchOf({ session }: ConversationModel): string {
  return session?.active_branch ?? MAIN;
}

function isLauncher(widget: Widget | null): boolean {
  return widget?.node.querySelector('.jp-Launcher') !== null;
}
