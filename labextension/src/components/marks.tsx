import { checkIcon, circleEmptyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Glyph } from './glyph';
import { diamondIcon, questionIcon, warningIcon } from './icons';
import { useTrans } from './trans';

/** Something runs: a ring of 12 px, one turn a second; a still half ring with reduced motion. */
export function Ring(): React.JSX.Element {
  return (
    <svg className="jps-Ring" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      <circle className="jps-Ring-track" cx="6" cy="6" r="4.8" />
      <path className="jps-Ring-arc" d="M6 1.2a4.8 4.8 0 0 1 4.8 4.8" />
    </svg>
  );
}

/** An error: a red exclamation mark. */
export function ErrorMark(): React.JSX.Element {
  return (
    <svg className="jps-ErrorMark" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
      <path d="M6 1h2l-.3 8H6.3zM6 11h2v2H6z" />
    </svg>
  );
}

/** A person chose the results of this session over those of others. */
export function PreferredMark(): React.JSX.Element {
  const label = useTrans().__('Preferred');
  return (
    <span className="jps-Preferred" role="img" aria-label={label} title={label}>
      <Glyph icon={diamondIcon} />
    </span>
  );
}

export type Mark = 'running' | 'ok' | 'error' | 'unknown' | 'waits' | 'question';

/** State as an icon; the word stands beside it. */
export function StateMark({ mark }: { mark: Mark }): React.JSX.Element {
  switch (mark) {
    case 'running':
      return <Ring />;
    case 'ok':
      return <checkIcon.react tag="span" className="jps-Icon jps-mod-ok jps-mod-small" />;
    case 'error':
      return <ErrorMark />;
    case 'unknown':
      return <warningIcon.react tag="span" className="jps-Icon jps-mod-small" />;
    case 'waits':
      return <circleEmptyIcon.react tag="span" className="jps-Icon jps-mod-small" />;
    case 'question':
      return <questionIcon.react tag="span" className="jps-Icon jps-mod-small" />;
  }
}
