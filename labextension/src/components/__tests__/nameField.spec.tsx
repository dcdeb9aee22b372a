import { act } from 'react-dom/test-utils';
import { expect, it } from 'vitest';

import { NameField } from '../nameField';
import { place } from './shown';

it('the keys that choose a word while one composes neither keep a name nor leave it', () => {
  const told: (string | null)[] = [];
  const { host, show } = place();
  show(<NameField label="Name" value="東" onDone={name => told.push(name)} />);
  const press = (key: string, isComposing: boolean) =>
    act(() => {
      host
        .querySelector('input')
        ?.dispatchEvent(new KeyboardEvent('keydown', { key, isComposing, bubbles: true }));
    });
  press('Escape', true);
  press('Enter', true);
  expect(told).toEqual([]);
  press('Escape', false);
  expect(told).toEqual([null]);
});
