// What a test needs of react-dom, whose types are not among our dependencies.
declare module 'react-dom/client' {
  import type { ReactNode } from 'react';

  export function createRoot(host: Element): { render(node: ReactNode): void };
}

declare module 'react-dom/test-utils' {
  export function act(callback: () => Promise<void>): Promise<void>;
  export function act(callback: () => void): void;
}
