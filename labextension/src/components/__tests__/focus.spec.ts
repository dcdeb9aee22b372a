import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { withKeysHeld } from '../focus';

let notebook: HTMLElement;
let keyed: ReturnType<typeof vi.fn>;

beforeEach(() => {
  notebook = document.createElement('div');
  notebook.tabIndex = -1;
  keyed = vi.fn();
  notebook.addEventListener('keydown', keyed);
  document.body.append(notebook);
  notebook.focus();
});

afterEach(() => notebook.remove());

function press(key: string): void {
  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
}

it('no key is for the notebook while code is loaded, and then it has the focus again', async () => {
  let loaded: (code: string) => void = () => undefined;
  const loading = withKeysHeld(() => new Promise<string>(resolve => (loaded = resolve)));
  press('d');
  press('d');
  expect(keyed).not.toHaveBeenCalled();
  loaded('code');
  expect(await loading).toBe('code');
  expect(document.activeElement).toBe(notebook);
  press('d');
  expect(keyed).toHaveBeenCalledOnce();
});

it('the notebook has the focus again when the code cannot be loaded', async () => {
  await expect(withKeysHeld(() => Promise.reject(new Error('Loading chunk failed')))).rejects.toThrow();
  expect(document.activeElement).toBe(notebook);
});

it('the focus stays where a person has gone meanwhile', async () => {
  const field = document.createElement('input');
  document.body.append(field);
  await withKeysHeld(() => {
    field.focus();
    return Promise.resolve();
  });
  expect(document.activeElement).toBe(field);
  field.remove();
});
