import { checkIcon, circleEmptyIcon, circleIcon, closeIcon, type LabIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Branch } from '../api/schema';
import { useTrans } from '../components/trans';

type Status = Branch['status'];

export const STATUS_ICONS: Record<Status, LabIcon> = {
  active: circleIcon,
  dormant: circleEmptyIcon,
  completed: checkIcon,
  deleted: closeIcon
};

export function statusWord(trans: TranslationBundle, status: Status): string {
  return {
    active: trans.__('active'),
    dormant: trans.__('dormant'),
    completed: trans.__('completed'),
    deleted: trans.__('deleted')
  }[status];
}

/** Status of a branch: an icon and the word. */
export function StatusMark({ status }: { status: Status }): React.JSX.Element {
  const Icon = STATUS_ICONS[status];
  return (
    <span className={`jps-BranchStatus jps-mod-${status}`}>
      <Icon.react tag="span" className="jps-Icon" />
      {statusWord(useTrans(), status)}
    </span>
  );
}
