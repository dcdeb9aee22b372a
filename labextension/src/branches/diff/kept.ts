import * as React from 'react';

/** What stays as the person left it although its box was out of sight: values by name. */
export class Kept {
  /** With `place`, a key of the browser tab's storage, they outlive a reload of the page. */
  constructor(private readonly _place: string | null = null) {
    this._values = new Map(Object.entries(_place === null ? {} : stored(_place)));
  }

  has(name: string): boolean {
    return this._values.has(name);
  }

  get(name: string): unknown {
    return this._values.get(name);
  }

  set(name: string, value: unknown): void {
    this._values.set(name, value);
    this._store();
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

  /** Nothing of it is needed any more after a reload. */
  forget(): void {
    if (this._place !== null) {
      window.sessionStorage.removeItem(this._place);
    }
  }

  private _store(): void {
    if (this._place === null) {
      return;
    }
    try {
      window.sessionStorage.setItem(this._place, JSON.stringify(Object.fromEntries(this._values)));
    } catch (error) {
      console.warn('What was typed will not outlive a reload of the page.', error);
    }
  }

  private readonly _values: Map<string, unknown>;
  private _listeners = new Map<string, Set<() => void>>();
}

function stored(place: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(window.sessionStorage.getItem(place) ?? '{}');
    return value !== null && typeof value === 'object' ? { ...value } : {};
  } catch {
    return {};
  }
}

/** One of these for as long as a page is open, or, with a place to store it, longer. */
export function useNewKept(place: string | null = null): Kept {
  return React.useState(() => new Kept(place))[0];
}
