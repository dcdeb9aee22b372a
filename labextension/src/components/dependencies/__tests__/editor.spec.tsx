import { act } from 'react-dom/test-utils';
import { expect, it } from 'vitest';

import type { Disposition, NewDependency, Session } from '../../../api/schema';
import { place } from '../../__tests__/shown';
import { DependenciesEditor, useDispositions } from '../editor';

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

/** Shows which schema of the session is known. */
function Known(props: { seq: number; schemaOf(id: string): Promise<Disposition> }): React.JSX.Element {
  const sessions = [{ ...needed, last_seq: props.seq } as unknown as Session];
  const known = useDispositions(value, sessions, props.schemaOf);
  return <p>{String(known.get('A')?.json_schema?.title)}</p>;
}

it('the disposition of a session that works is known, and is never an older one than before', async () => {
  const answers: ((disposition: Disposition) => void)[] = [];
  const schemaOf = () => new Promise<Disposition>(resolve => answers.push(resolve));
  const { host, show } = place();
  const answer = async (index: number, title: string) => {
    answers[index]?.({ json_schema: { title } } as unknown as Disposition);
    await new Promise(resolve => setTimeout(resolve, 0));
    act(() => undefined);
  };
  for (const seq of [1, 2, 3]) {
    show(<Known seq={seq} schemaOf={schemaOf} />);
  }
  await answer(1, 'second');
  expect(host.textContent).toBe('second');
  await answer(2, 'third');
  await answer(0, 'first');
  expect(host.textContent).toBe('third');
});
