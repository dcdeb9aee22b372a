import { expect, it } from 'vitest';

import { distinct } from '../promote';

it('names that several have are told apart', () => {
  expect(distinct(['New session', 'Model', 'Model', 'New session'])).toEqual([
    'New session',
    'Model',
    'Model (2)',
    'New session (2)'
  ]);
  expect(distinct(['Model', 'Model', 'Model (2)'])).toEqual(['Model', 'Model (3)', 'Model (2)']);
});
