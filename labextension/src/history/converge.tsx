import { Dialog, DOMUtils, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { converge } from '../api/branches';
import type { Convergence } from '../api/schema';
import { telling } from '../chats/dialogs';
import { CommandIDs } from '../commands';
import { Select } from '../components/select';
import { MAIN } from '../models/branches';
import type { IHistoryParts } from './acts';

/** What having branches meet needs. */
export type IConvergeParts = Pick<IHistoryParts, 'app' | 'sessions' | 'trans'>;

type Kind = Convergence['kind'];

/** How branches are to meet. */
interface IMeet {
  readonly kind: Kind;
  /** The winner, or the base. */
  readonly source: string;
}

/** Ask how branches of a notebook are to meet, and have them do it. */
export async function askToConverge(
  parts: IConvergeParts,
  project: string,
  selected: readonly string[],
  notebook: string,
  /** The one that is on offer as the winner; else the one that was selected first. */
  winner?: string
): Promise<void> {
  const { sessions, trans } = parts;
  const branches = sessions.projects.branchesOf(project);
  const others = selected.filter(each => each !== MAIN);
  const [first] = others;
  if (first === undefined) {
    return;
  }
  const body = new ConvergeForm(
    trans,
    others.map(id => [id, branches.nameOf(id)]),
    { kind: 'winner', source: winner ?? first }
  );
  const { button, value } = await showDialog({
    title: trans.__('Converge on %1', MAIN),
    body,
    buttons: [Dialog.okButton({ label: trans.__('Converge') }), Dialog.cancelButton()],
    defaultButton: 0,
    focusNodeSelector: '.jps-Converge input'
  });
  if (!button.accept || !value) {
    return;
  }
  const { kind, source } = value;
  const losers = others.filter(each => each !== source);
  const made = await telling(() =>
    converge(sessions.settings, project, source, { kind, notebook, into: MAIN, losers })
  );
  if (made) {
    open(parts, made);
  }
}

/** What comes next: the merge that a person approves, or the comparison. */
function open({ app }: IConvergeParts, made: Convergence): void {
  const { project_id: project, merge } = made;
  if (merge !== null) {
    void app.commands.execute(CommandIDs.openMerge, { project, merge });
    return;
  }
  void app.commands.execute(CommandIDs.compareBranches, comparisonOf(made));
}

/** Which branches a comparison is about: those that were chosen, else the one and its target. */
export function comparisonOf({ project_id: project, notebook, source, target, losers }: Convergence) {
  return { project, notebook, branches: losers.length > 0 ? [source, ...losers] : [target, source] };
}

class ConvergeForm extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    /** Id and name of each. */
    private readonly _branches: readonly (readonly [string, string])[],
    private _value: IMeet
  ) {
    super();
    // Names the choice: without a name the arrow keys do not go through it.
    this.id = DOMUtils.createDomID();
    this.addClass('jps-Converge');
  }

  getValue(): IMeet {
    return this._value;
  }

  protected render(): React.JSX.Element {
    const { kind, source } = this._value;
    const set = (patch: Partial<IMeet>) => {
      this._value = { ...this._value, ...patch };
      this.update();
    };
    return (
      <>
        {this._kinds().map(([value, label, more]) => (
          <label key={value}>
            <input
              type="radio"
              name={this.id}
              checked={kind === value}
              onChange={() => set({ kind: value })}
            />
            <span>
              <b>{label}</b>
              <span className="jps-mod-muted">{more}</span>
            </span>
          </label>
        ))}
        {this._branches.length > 1 && kind !== 'comparison' && (
          <label className="jps-Converge-source">
            {kind === 'winner' ? this._trans.__('Winner') : this._trans.__('Kernel of')}
            <Select value={source} onChange={event => set({ source: event.target.value })}>
              {this._branches.map(([id, name]) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          </label>
        )}
      </>
    );
  }

  private _kinds(): [Kind, string, string][] {
    const trans = this._trans;
    const several = this._branches.length > 1;
    const wins = trans.__('Its cells are merged into %1, and its kernel goes on there.', MAIN);
    return [
      [
        'winner',
        several ? trans.__('One wins') : trans.__('%1 wins', this._branches[0]?.[1] ?? ''),
        several ? `${wins} ${this._others()}` : wins
      ],
      [
        'manual',
        trans.__('Choose cells'),
        trans.__('Cell by cell in the merge view; the kernel of the branch goes on there.')
      ],
      [
        'comparison',
        trans.__('Compare'),
        this._branches.length > 2
          ? trans.__('All are kept, and shown side by side.')
          : trans.__('Both are kept, and shown side by side.')
      ]
    ];
  }

  /** What becomes of those that do not win. */
  private _others(): string {
    return this._branches.length > 2
      ? this._trans.__('The others are completed.')
      : this._trans.__('The other is completed.');
  }
}
