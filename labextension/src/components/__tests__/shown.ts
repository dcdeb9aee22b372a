import type * as React from 'react';
import { createRoot } from 'react-dom/client';
import { act } from 'react-dom/test-utils';

/** A place in the page in which a test shows elements, one after the other. */
export function place(): { host: HTMLElement; show(element: React.JSX.Element | null): void } {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  const host = document.createElement('div');
  document.body.append(host);
  const root = createRoot(host);
  return { host, show: element => act(() => root.render(element)) };
}
