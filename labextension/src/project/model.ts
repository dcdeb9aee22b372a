import type { IStateDB } from '@jupyterlab/statedb';

import { listRuntimes } from '../api/catalog';
import { getPrompt, listTools } from '../api/prompt';
import type { Project, PromptPreview, Runtime, ToolInfo } from '../api/schema';
import { Keeper } from '../models/keeper';
import { Observable } from '../models/observable';
import { messageOf, type ProjectsModel } from '../models/projects';

/** Instructions that are written, and not saved yet. */
interface IDraft {
  text: string;
  /** What was saved when the writing began. */
  base: string;
}

/** What the page of a project shows beside the project and its sessions. */
export class ProjectPageModel extends Observable {
  constructor(
    readonly projects: ProjectsModel,
    readonly id: string,
    state: IStateDB | null
  ) {
    super();
    this._keeper = new Keeper(state, `jupyter-sessions:instructions:${id}`);
    projects.changed.connect(this._onProjects, this);
    projects.sessionsOf(id).followed.connect(this._onFollowed, this);
  }

  get project(): Project | undefined {
    return this.projects.get(this.id);
  }

  get tools(): readonly ToolInfo[] {
    return this._tools;
  }

  get runtimes(): readonly Runtime[] {
    return this._runtimes;
  }

  get preview(): PromptPreview | null {
    return this._preview;
  }

  /** Why the prompt cannot be shown. */
  get previewError(): string | null {
    return this._previewError;
  }

  /** Session whose prompt is shown; `null`: one that would be made now. */
  get previewOf(): string | null {
    return this._previewOf;
  }

  /** What went wrong with reading the page, or with the change of the runtime. */
  get error(): string | null {
    return this._error;
  }

  /** Why the system prompt was not saved. */
  get draftError(): string | null {
    return this._draftError;
  }

  /** Why a tool was not switched. */
  get toolsError(): string | null {
    return this._toolsError;
  }

  get draft(): IDraft | null {
    return this._draft;
  }

  get saving(): boolean {
    return this._saving;
  }

  /** Names of the tools that are on, as they were switched last. */
  get enabled(): ReadonlySet<string> {
    return this._wanted ?? enabledOf(this.project, this._tools);
  }

  async load(): Promise<void> {
    const kept = await this._keeper.load();
    if (typeof kept.text === 'string' && typeof kept.base === 'string') {
      this._draft = { text: kept.text, base: kept.base };
    }
    await this.read();
  }

  /** Read the prompt, and what has not been read yet. */
  async read(): Promise<void> {
    void this.readPreview();
    if (this._read) {
      return;
    }
    const { settings } = this.projects;
    try {
      [this._tools, this._runtimes] = await Promise.all([listTools(settings), listRuntimes(settings)]);
      this._read = true;
      this._error = null;
    } catch (reason) {
      this._error = messageOf(reason);
    }
    this.notify();
  }

  showPromptOf(session: string | null): void {
    this._previewOf = session;
    void this.readPreview();
  }

  async readPreview(): Promise<void> {
    const asked = (this._asked = {});
    try {
      const preview = await getPrompt(this.projects.settings, this.id, this._previewOf);
      if (asked === this._asked) {
        this._preview = preview;
        this._previewError = null;
      }
    } catch (reason) {
      if (asked === this._asked) {
        this._preview = null;
        this._previewError = messageOf(reason);
      }
    }
    this.notify();
  }

  write(text: string): void {
    const saved = this.project?.system_prompt ?? '';
    this._draft = text === saved ? null : { text, base: this._draft?.base ?? saved };
    this._draftError = null;
    if (this._draft) {
      this._keeper.save(this._draft);
    } else {
      this._keeper.forget();
    }
    this.notify();
  }

  async saveInstructions(): Promise<void> {
    const draft = this._draft;
    if (!draft) {
      return;
    }
    const error = await this._change({ system_prompt: draft.text });
    if (this._draft === draft) {
      this._draftError = error;
      if (error === null) {
        this._draft = null;
        this._keeper.forget();
      }
      this.notify();
    }
  }

  /** Switch a tool; switches that follow quickly are sent one after another. */
  switchTool(name: string, on: boolean): void {
    const names = new Set(this.enabled);
    if (on) {
      names.add(name);
    } else {
      names.delete(name);
    }
    this._wanted = names;
    this.notify();
    this._sent = this._sent.then(async () => {
      const optional = this._tools.filter(tool => !tool.always).map(tool => tool.name);
      const wanted = optional.filter(each => names.has(each));
      const patch = { tools: wanted.length === optional.length ? null : wanted };
      this._toolsError = await this._change(patch);
      if (this._wanted === names) {
        this._wanted = null;
      }
      this.notify();
    });
  }

  async setRuntime(id: string): Promise<void> {
    this._error = await this._change({ default_runtime: id });
    this.notify();
  }

  /** Change the project; return what went wrong. */
  private async _change(patch: Parameters<ProjectsModel['update']>[1]): Promise<string | null> {
    this._saving = true;
    this.notify();
    try {
      await this.projects.update(this.id, patch);
      return null;
    } catch (reason) {
      return messageOf(reason);
    } finally {
      this._saving = false;
      this.notify();
    }
  }

  /** What could not be read while the server did not answer. */
  private _onFollowed(): void {
    if (this._error !== null || this._previewError !== null) {
      void this.read();
    }
  }

  private _onProjects(): void {
    const state = JSON.stringify([this.project?.system_prompt, this.project?.tools]);
    if (state !== this._seen) {
      this._seen = state;
      void this.readPreview();
    }
    this.notify();
  }

  private _keeper: Keeper<IDraft>;
  private _tools: readonly ToolInfo[] = [];
  private _runtimes: readonly Runtime[] = [];
  private _preview: PromptPreview | null = null;
  private _previewError: string | null = null;
  private _previewOf: string | null = null;
  private _error: string | null = null;
  private _draftError: string | null = null;
  private _toolsError: string | null = null;
  private _read = false;
  private _draft: IDraft | null = null;
  private _saving = false;
  private _wanted: ReadonlySet<string> | null = null;
  private _sent: Promise<void> = Promise.resolve();
  private _asked: object | null = null;
  private _seen = '';
}

function enabledOf(project: Project | undefined, tools: readonly ToolInfo[]): ReadonlySet<string> {
  const on = project?.tools ?? null;
  return new Set(
    tools.filter(tool => tool.always || on === null || on.includes(tool.name)).map(tool => tool.name)
  );
}
