import * as React from 'react';
import { createRoot } from 'react-dom/client';
import { expect, it, vi } from 'vitest';

import { Observable, useModel } from '../observable';

class Text extends Observable {
  get value(): string {
    return this._value;
  }

  set value(value: string) {
    this._value = value;
    this.notify();
  }

  private _value = 'try-1';
}

/** Types as a person does, in the first moment in which the box is there. */
function type(box: HTMLInputElement, text: string): void {
  const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
  setter?.call(box, text);
  box.dispatchEvent(new Event('input', { bubbles: true }));
}

it('a box keeps what is typed before React has a free moment', async () => {
  const model = new Text();
  const seen: string[] = [];
  const host = document.body.appendChild(document.createElement('div'));
  function Field(): React.JSX.Element {
    const { value } = useModel(model);
    const box = React.useRef<HTMLInputElement>(null);
    React.useLayoutEffect(() => {
      queueMicrotask(() => {
        if (box.current) {
          type(box.current, 'b');
          seen.push(box.current.value);
        }
      });
      const until = performance.now() + 20;
      while (performance.now() < until) {
        // The page is busy: React listens later.
      }
    }, []);
    return <input ref={box} value={value} onChange={event => (model.value = event.target.value)} />;
  }
  const root = createRoot(host);
  root.render(<Field />);
  await vi.waitFor(() => expect(seen).toEqual(['b']));
  expect(host.querySelector('input')?.value).toBe('b');
  root.render(null);
  host.remove();
});
