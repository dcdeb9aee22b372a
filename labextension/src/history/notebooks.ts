import type { Contents } from '@jupyterlab/services';

/** Folders that are looked through. */
const FOLDERS = 50;
/** Notebooks that a menu can hold. */
const MOST = 100;

/** Notebooks that lie in a folder or below it, as paths from there; `except`: folders left out. */
export async function notebooksBelow(
  contents: Contents.IManager,
  root: string,
  except: ReadonlySet<string>
): Promise<string[]> {
  const found: string[] = [];
  const folders = [root];
  for (let read = 0; folders.length > 0 && read < FOLDERS && found.length < MOST; read += 1) {
    for (const { path, type } of await listed(contents, folders.shift() ?? '')) {
      if (type === 'directory' && !except.has(path)) {
        folders.push(path);
      } else if (type === 'notebook') {
        found.push(root ? path.slice(root.length + 1) : path);
      }
    }
  }
  return found.slice(0, MOST);
}

async function listed(contents: Contents.IManager, folder: string): Promise<Contents.IModel[]> {
  try {
    const items = (await contents.get(folder)).content as Contents.IModel[];
    return [...items].sort((a, b) => a.path.localeCompare(b.path));
  } catch {
    return []; // gone, or not made yet
  }
}
