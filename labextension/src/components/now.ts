import * as React from 'react';

/** The present time, anew every `ms` while `on`. */
export function useNow(ms: number, on = true): number {
  const subscribe = React.useCallback(
    (tick: () => void) => {
      const timer = on ? window.setInterval(tick, ms) : 0;
      return () => window.clearInterval(timer);
    },
    [ms, on]
  );
  const step = React.useSyncExternalStore(subscribe, () => Math.floor(Date.now() / ms));
  return step * ms;
}
