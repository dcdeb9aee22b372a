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
  return model;
}
