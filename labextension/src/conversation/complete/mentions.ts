import type { INotebookTracker } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';

/** A cell of the notebook that the person looks at. */
export interface ICellMention {
  readonly id: string;
  /** Path of its notebook below the project. */
  readonly notebook: string;
  /** "explore.ipynb [12]" */
  readonly prompt: string;
  /** Its first line. */
  readonly source: string;
}

const FOLDERS = 30;
const FILES = 1000;
const KEPT_MS = 15_000;

/** The files and cells that a message can name. */
export class Mentions {
  constructor(
    private readonly _contents: Contents.IManager,
    private readonly _notebooks: INotebookTracker | null,
    /** Folder of the project as the contents API names it. */
    private readonly _folder: () => string | null,
    /** Path of the notebook that the person looks at, below the project. */
    private readonly _notebook: () => string | null
  ) {}

  cells(): ICellMention[] {
    const notebook = this._notebook();
    const cells = this._notebooks?.currentWidget?.content.model?.cells;
    if (notebook === null || !cells) {
      return [];
    }
    const name = notebook.split('/').at(-1) ?? notebook;
    return [...cells].map((cell, index) => {
      const count: unknown = cell.toJSON().execution_count;
      const number = typeof count === 'number' ? `[${count}]` : `${index + 1}`;
      const source = cell.sharedModel.getSource().trim().split('\n', 1)[0] ?? '';
      return { id: cell.id, notebook, prompt: `${name} ${number}`, source: source.slice(0, 80) };
    });
  }

  /** Paths of the project's files; the first ones, folder by folder. */
  files(): Promise<readonly string[]> {
    if (Date.now() - this._readAt > KEPT_MS) {
      this._readAt = Date.now();
      this._files = this._read();
    }
    return this._files;
  }

  private async _read(): Promise<string[]> {
    const root = this._folder();
    const files: string[] = [];
    const folders = root === null ? [] : [root];
    for (let read = 0; folders.length > 0 && read < FOLDERS && files.length < FILES; read += 1) {
      const folder = folders.shift() ?? '';
      for (const item of await this._list(folder)) {
        if (item.type === 'directory') {
          folders.push(item.path);
        } else {
          files.push(root ? item.path.slice(root.length + 1) : item.path);
        }
      }
    }
    return files.slice(0, FILES);
  }

  private async _list(folder: string): Promise<Contents.IModel[]> {
    try {
      const listed = (await this._contents.get(folder)).content as Contents.IModel[];
      return [...listed].sort((a, b) => a.path.localeCompare(b.path));
    } catch {
      return []; // gone, or not ours to read
    }
  }

  private _files: Promise<readonly string[]> = Promise.resolve([]);
  private _readAt = 0;
}
