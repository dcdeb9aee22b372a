import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act } from 'react-dom/test-utils';
import { afterEach, expect, it, vi } from 'vitest';

import { place } from '../../../components/__tests__/shown';
import { TransContext } from '../../../components/trans';
import { branch } from '../../../history/__tests__/make';
import { HeldServer, settled } from '../../../models/__tests__/held';
import { type BranchesModel, MAIN } from '../../../models/branches';
import type { SessionsModel } from '../../../models/sessions';
import { CellContents } from '../../diff/contents';
import { BranchComparison } from '../model';
import { BranchComparisonView } from '../view';

/** Cells with the same source that gave something else on each branch. */
const CELLS = Array.from({ length: 1000 }, (_, index) => ({
  cell_id: `c${index}`,
  change: 'outputs',
  cell_type: 'code',
  before: `step(${index})`,
  after: `step(${index})`,
  index_before: index,
  index_after: index,
  outputs: true
}));
const DIFF = { existed: true, exists: true, cells: CELLS, unchanged: 0, language: 'python' };

const { host, show } = place();

afterEach(() => show(null));

/** Show two branches; answers with how a cell at this place comes near the view. */
async function shown(server: HeldServer): Promise<(index: number) => void> {
  const watched = new Map<Element, (entries: unknown[]) => void>();
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(private readonly _tell: (entries: unknown[]) => void) {}
      observe(element: Element): void {
        watched.set(element, this._tell);
      }
      unobserve(): void {}
      disconnect(): void {}
    }
  );
  const owner = {};
  const followed = { ensure: () => Promise.resolve(), live: new Signal(owner), followed: new Signal(owner) };
  const branches = {
    changed: new Signal(owner),
    ensure: () => Promise.resolve(),
    get: (id: string) => branch(id),
    nameOf: (id: string) => id
  } as unknown as BranchesModel;
  const model = new BranchComparison(
    server.settings,
    { ...followed, project: 'P', items: [] } as unknown as SessionsModel,
    branches,
    new CellContents(server.settings, 'P'),
    { project: 'P', notebook: 'n.ipynb', branches: [MAIN, 'B'] }
  );
  await server.answer('diff', DIFF);
  await settled();
  const acts = { onOpen: vi.fn(), onConverge: vi.fn(), onChanges: vi.fn() };
  show(
    <TransContext.Provider value={nullTranslator.load('jupyter_sessions')}>
      <BranchComparisonView model={model} acts={acts} />
    </TransContext.Provider>
  );
  return index => {
    const row = cellRows()[index] as HTMLElement;
    act(() => watched.get(row)?.([{ target: row, isIntersecting: true }]));
  };
}

function cellRows(): HTMLElement[] {
  return [...host.querySelectorAll<HTMLElement>('[role=row]')].slice(1);
}

it('draws only rows near the view, names the others, and reads a few outputs at a time', async () => {
  const server = new HeldServer();
  const comeNear = await shown(server);
  expect(cellRows()).toHaveLength(1000);
  expect(cellRows()[900]?.textContent).not.toBe('');
  expect(host.querySelectorAll('[role=cell]').length).toBeLessThan(20);
  await settled();
  expect(server.waiting.length).toBeLessThan(40);

  comeNear(900);
  await settled();
  expect(cellRows()[900]?.querySelectorAll('[role=cell]')).toHaveLength(2);
  expect(server.waiting.some(({ path }) => path.includes('c900'))).toBe(true);
});
