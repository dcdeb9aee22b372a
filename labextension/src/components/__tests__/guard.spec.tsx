import * as React from 'react';
import { createRoot } from 'react-dom/client';
import { act } from 'react-dom/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Guard } from '../guard';

/** Fails on the text `null`, which its type does not allow. */
function Entry({ text }: { text: string | null }): React.JSX.Element {
  return <p>{(text as string).toUpperCase()}</p>;
}

const guarded = (text: string | null, of: number) => (
  <>
    <Guard of={of}>
      <Entry text={text} />
    </Guard>
    <Entry text=" beside" />
  </>
);

describe('Guard', () => {
  const host = document.createElement('div');
  const root = createRoot(host);
  const show = (element: React.JSX.Element) => act(() => root.render(element));

  beforeEach(() => {
    (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
    vi.spyOn(console, 'error').mockImplementation(() => {});
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('says that an entry cannot be shown, and leaves the others', () => {
    show(guarded(null, 1));
    expect(host.textContent).toBe('This entry cannot be shown BESIDE');
  });

  it('tries again when the entry has changed, not before', () => {
    show(guarded('later', 1));
    expect(host.textContent).toContain('This entry cannot be shown');
    show(guarded('later', 2));
    expect(host.textContent).toBe('LATER BESIDE');
  });
});
