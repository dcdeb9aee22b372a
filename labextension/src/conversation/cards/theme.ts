import * as React from 'react';

import type { IPalette } from './chartSpec';

const SERIES = 8;

/** Name of the theme, anew when it changes. */
export function useTheme(): string {
  return React.useSyncExternalStore(subscribe, () => document.body.dataset.jpThemeName ?? '');
}

/** Colours for charts in the theme of now. */
export function paletteOf(): IPalette {
  const style = getComputedStyle(document.body);
  const value = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: value('--jp-ui-font-color1'),
    muted: value('--jp-ui-font-color2'),
    grid: value('--jp-border-color2'),
    series: Array.from({ length: SERIES }, (_, index) => value(`--jps-series${index + 1}`)),
    font: value('--jp-ui-font-family')
  };
}

function subscribe(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-name'] });
  return () => observer.disconnect();
}
