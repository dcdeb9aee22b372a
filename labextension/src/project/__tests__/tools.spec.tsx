import { expect, it } from 'vitest';

import type { ToolInfo } from '../../api/schema';
import { place } from '../../components/__tests__/shown';
import { Observable } from '../../models/observable';
import type { ProjectPageModel } from '../model';
import { Tools } from '../tools';

const GROUPS: readonly ToolInfo['group'][] = [
  'files',
  'notebooks',
  'branches',
  'terminal',
  'results',
  'conversation'
];

class Model extends Observable {
  readonly tools = GROUPS.map(group => ({ name: `a_${group}`, title: 'Does it.', group, always: false }));
  readonly enabled = new Set<string>();
}

it('the tools of every group can be switched', () => {
  const { host, show } = place();
  show(<Tools model={new Model() as unknown as ProjectPageModel} />);
  const names = [...host.querySelectorAll('input + code')].map(each => each.textContent);
  expect(names).toEqual(GROUPS.map(group => `a_${group}`));
});
