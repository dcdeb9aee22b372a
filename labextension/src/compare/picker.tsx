import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { PreferredMark } from '../components/marks';
import { TransContext, useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import type { SessionsModel } from '../models/sessions';
import { MOST } from './rows';

/** From this many on, the list can be filtered. */
const MANY = 9;

/** Ask which sessions to compare; `null` when the person gives it up. */
export async function chooseSessions(
  trans: TranslationBundle,
  sessions: SessionsModel,
  chosen: readonly string[]
): Promise<string[] | null> {
  const body = new Picker(trans, sessions, chosen);
  const { button, value } = await showDialog({
    title: trans.__('Compare sessions'),
    body,
    buttons: [
      Dialog.okButton({ label: trans.__('Compare'), className: 'jps-mod-confirm' }),
      Dialog.cancelButton()
    ],
    defaultButton: 0,
    focusNodeSelector: 'input'
  });
  if (!button.accept || !value) {
    return null;
  }
  // Enter accepts, whatever state the button is in.
  return isEnough(value) ? value : chooseSessions(trans, sessions, value);
}

function isEnough(chosen: readonly string[]): boolean {
  return chosen.length >= 2 && chosen.length <= MOST;
}

class Picker extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _sessions: SessionsModel,
    chosen: readonly string[]
  ) {
    super();
    this.addClass('jps-Compare-picker');
    this._chosen = chosen.filter(id => _sessions.get(id)).slice(0, MOST);
  }

  /** Ids in the order of the list. */
  getValue(): string[] {
    return this._sessions.items.flatMap(({ id }) => (this._chosen.includes(id) ? [id] : []));
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._allow();
  }

  protected render(): React.JSX.Element {
    return (
      <TransContext.Provider value={this._trans}>
        <Choices
          sessions={this._sessions}
          chosen={this._chosen}
          onChoose={(id, on) => {
            this._chosen = on ? [...this._chosen, id] : this._chosen.filter(each => each !== id);
            this.update();
          }}
          onInput={() => this._allow()}
        />
      </TransContext.Provider>
    );
  }

  private _allow(): void {
    const button = this.node.closest('.jp-Dialog')?.querySelector<HTMLButtonElement>('.jps-mod-confirm');
    if (button) {
      button.disabled = !isEnough(this.getValue());
    }
  }

  private _chosen: readonly string[];
}

interface IChoicesProps {
  sessions: SessionsModel;
  chosen: readonly string[];
  onChoose(id: string, on: boolean): void;
  /** After the dialog has looked at its fields, and has enabled its button. */
  onInput(): void;
}

function Choices({ sessions, chosen, onChoose, onInput }: IChoicesProps): React.JSX.Element {
  const trans = useTrans();
  const { items, active, archived } = useModel(sessions);
  const [filter, setFilter] = React.useState('');
  const wanted = filter.trim().toLocaleLowerCase();
  const shown = [...active, ...archived].filter(
    each => chosen.includes(each.id) || each.name.toLocaleLowerCase().includes(wanted)
  );
  const full = chosen.length >= MOST;
  return (
    <div onInput={onInput}>
      {items.length >= MANY && (
        <input
          type="search"
          className="jp-mod-styled"
          placeholder={trans.__('Filter by name')}
          aria-label={trans.__('Filter by name')}
          onChange={event => setFilter(event.target.value)}
        />
      )}
      <fieldset aria-describedby="jps-compare-note">
        <legend className="jps-Unseen">{trans.__('Sessions')}</legend>
        {shown.map(session => (
          <label key={session.id} title={session.name}>
            <input
              type="checkbox"
              checked={chosen.includes(session.id)}
              disabled={full && !chosen.includes(session.id)}
              onChange={event => onChoose(session.id, event.target.checked)}
            />
            <span className="jps-Row-text">{session.name}</span>
            {session.preferred && <PreferredMark />}
            {session.archived_at !== null && <span className="jps-Row-line2">{trans.__('archived')}</span>}
          </label>
        ))}
      </fieldset>
      <p id="jps-compare-note" role="status" className="jps-mod-muted">
        {items.length < 2
          ? trans.__('It takes two sessions to compare.')
          : full
            ? trans.__('%1 of %2 chosen: no more fit side by side.', chosen.length, MOST)
            : trans.__('Choose 2 to %1. %2 chosen.', MOST, chosen.length)}
      </p>
    </div>
  );
}
