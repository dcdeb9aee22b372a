import { type ISignal, Signal } from '@lumino/signaling';
import * as React from 'react';

/** State that views follow: `version` grows with each `changed`. */
export class Observable {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get version(): number {
    return this._version;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    Signal.clearData(this);
  }

  protected notify(): void {
    if (!this._disposed) {
      this._version += 1;
      this._changed.emit();
    }
  }

  private _changed = new Signal<this, void>(this);
  private _version = 0;
  private _disposed = false;
}

/** Render the calling component again whenever the model changes. */
export function useModel<T extends Observable | null>(model: T): T {
  const subscribe = React.useCallback(
    (listener: () => void) => {
      model?.changed.connect(listener);
      return () => {
        model?.changed.disconnect(listener);
      };
    },
    [model]
  );
  React.useSyncExternalStore(subscribe, () => model?.version ?? 0);
  useFirstChanges(subscribe);
  return model;
}

/**
 * Render again when something changes before React listens, which it does only when it has a free moment. Until then
 * a box of text would lose what is typed: React puts back the value that it was drawn with.
 */
export function useFirstChanges(subscribe: (listener: () => void) => () => void): void {
  const [, again] = React.useReducer((count: number) => count + 1, 0);
  const end = React.useRef(() => {});
  React.useLayoutEffect(() => {
    end.current = subscribe(again);
    return () => end.current();
  }, [subscribe]);
  React.useEffect(() => end.current(), [subscribe]);
}
