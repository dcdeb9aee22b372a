import { expect, it } from 'vitest';

import type { Disposition, NewDependency, Session } from '../../../api/schema';
import { place } from '../../__tests__/shown';
import { DependenciesEditor } from '../editor';

const needed = { id: 'A', name: 'Triage', last_seq: 1, dependencies: [], key_result_count: 0 };
const value: NewDependency[] = [{ session_id: 'A', kind: 'complete', field: null, value: null }];

it('a folded dependency keeps the focus while the sessions change', () => {
  const { host, show } = place();
  const shown = (patch: object) => (
    <DependenciesEditor
      compact
      session="B"
      value={value}
      sessions={[{ ...needed, ...patch } as unknown as Session]}
      schemaOf={() => new Promise<Disposition>(() => undefined)}
      onChange={() => undefined}
    />
  );
  show(shown({}));
  const button = host.querySelector<HTMLElement>('.jps-Depends-closed button');
  button?.focus();
  show(shown({ last_seq: 2 }));
  expect(document.activeElement).toBe(button);
});
