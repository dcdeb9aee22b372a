import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ForkRecord } from '../../api/forks';
import { type ILost, lostOf } from './words';

/** What a branch does not have as its source has it, by name. */
export function Lost({ lost }: { lost: readonly ILost[] }): React.JSX.Element {
  return (
    <dl className="jps-Lost">
      {lost.map(({ kind, names, detail }) => (
        <React.Fragment key={`${kind} ${names.join(' ')} ${detail}`}>
          <dt>{kind}</dt>
          <dd>
            {names.length > 0 && <code>{names.join(', ')}</code>}
            <span className="jps-mod-muted">{detail}</span>
          </dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

/** Show what was left out of a branch. */
export async function showLost(trans: TranslationBundle, name: string, record: ForkRecord): Promise<void> {
  await showDialog({
    title: trans.__('Not carried over to %1', name),
    body: new LostBody(lostOf(trans, record), record.reason),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}

class LostBody extends ReactWidget {
  constructor(
    private readonly _lost: readonly ILost[],
    private readonly _reason: string
  ) {
    super();
    this.addClass('jps-LostBody');
  }

  protected render(): React.JSX.Element {
    return (
      <>
        {this._reason !== '' && <p>{this._reason}</p>}
        <Lost lost={this._lost} />
      </>
    );
  }
}
