import * as React from 'react';

/** What stays as the person left it although its box was out of sight: values by name. */
export class Kept {
  has(name: string): boolean {
    return this._values.has(name);
  }

  get(name: string): unknown {
    return this._values.get(name);
  }

  set(name: string, value: unknown): void {
    this._values.set(name, value);
    this._listeners.get(name)?.forEach(listener => listener());
  }

  /** Be told when the value of this name changes; answers with the way to stop that. */
  follow(name: string, listener: () => void): () => void {
    const listeners = this._listeners.get(name) ?? new Set();
    this._listeners.set(name, listeners.add(listener));
    return () => {
      listeners.delete(listener);
    };
  }

  private _values = new Map<string, unknown>();
  private _listeners = new Map<string, Set<() => void>>();
}

/** One of these for as long as a page is open. */
export function useNewKept(): Kept {
  return React.useState(() => new Kept())[0];
}
