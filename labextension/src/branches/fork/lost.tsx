import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ForkRecord } from '../../api/schema';
import { TransContext, useTrans } from '../../components/trans';
import { type ILost, lostOf } from './words';

/** What a branch does not have as its source has it, by name. */
export function Lost({ lost }: { lost: readonly ILost[] }): React.JSX.Element {
  const trans = useTrans();
  return (
    <dl className="jps-Lost">
      {lost.map(({ kind, names, detail }) => (
        <React.Fragment key={`${kind} ${names.join(' ')} ${detail}`}>
          <dt>{kind}</dt>
          <dd>
            {names.length > 0 && <code>{namesText(trans, names)}</code>}
            <span className="jps-mod-muted">{detail}</span>
          </dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

/** More names than these are only counted. */
const MOST = 12;

function namesText(trans: TranslationBundle, names: readonly string[]): string {
  const shown = names.slice(0, MOST).join(', ');
  return names.length > MOST ? trans.__('%1 and %2 more', shown, names.length - MOST) : shown;
}

/** Show what was left out of a branch. */
export async function showLost(trans: TranslationBundle, name: string, record: ForkRecord): Promise<void> {
  await showDialog({
    title: trans.__('Not carried over to %1', name),
    body: new LostBody(trans, lostOf(trans, record), record.reason),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}

class LostBody extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _lost: readonly ILost[],
    private readonly _reason: string
  ) {
    super();
    this.addClass('jps-LostBody');
  }

  protected render(): React.JSX.Element {
    return (
      <TransContext.Provider value={this._trans}>
        {this._reason !== '' && <p>{this._reason}</p>}
        <Lost lost={this._lost} />
      </TransContext.Provider>
    );
  }
}
