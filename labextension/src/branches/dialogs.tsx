import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Branch, Session } from '../api/schema';
import { ErrorMark } from '../components/marks';
import { TransContext, useTrans } from '../components/trans';
import type { BranchesModel } from '../models/branches';
import { messageOf } from '../models/projects';
import { useModel } from '../models/observable';
import { freeName, named } from './rows';
import { BranchSelect } from './select';

/** A branch that is about to be made. */
export interface INewBranch {
  readonly name: string;
  /** Branch that it is made from. */
  readonly parent: string;
  /** Session whose active branch it can become. */
  readonly session: Session | null;
}

/** Ask for a name and make a branch; `null` when the person gives it up. */
export async function newBranch(
  trans: TranslationBundle,
  branches: BranchesModel,
  start: INewBranch
): Promise<Branch | null> {
  await branches.ensure();
  const form = new NewForm(trans, branches, start);
  return ask(trans.__('New branch'), trans.__('Create branch'), form);
}

/** Ask for another name of a branch. */
export async function renameBranch(
  trans: TranslationBundle,
  branches: BranchesModel,
  branch: Branch
): Promise<Branch | null> {
  const form = new RenameForm(trans, branches, branch);
  return ask(trans.__('Rename branch'), trans.__('Rename'), form);
}

async function ask(title: string, accept: string, form: BranchForm): Promise<Branch | null> {
  const dialog = new FormDialog({
    title,
    body: form,
    buttons: [Dialog.okButton({ label: accept, className: 'jps-mod-confirm' }), Dialog.cancelButton()],
    defaultButton: 0,
    focusNodeSelector: '.jps-BranchForm input'
  });
  const { button, value } = await dialog.launch();
  return button.accept ? value : null;
}

/** Stays open until the server has done what it was asked to. */
class FormDialog extends Dialog<Branch | null> {
  constructor(options: Partial<Dialog.IOptions<Branch | null>> & { body: BranchForm }) {
    super(options);
    this._form = options.body;
  }

  override resolve(index = 0): void {
    if (index !== 0) {
      super.resolve(index);
    } else {
      void this._form.submit().then(done => {
        if (done && !this.isDisposed) {
          super.resolve(0);
        }
      });
    }
  }

  private readonly _form: BranchForm;
}

/** A name, and what a kind of form adds to it. */
abstract class BranchForm extends ReactWidget {
  constructor(
    protected readonly trans: TranslationBundle,
    protected readonly branches: BranchesModel,
    private _name: string
  ) {
    super();
    this.addClass('jps-BranchForm');
  }

  getValue(): Branch | null {
    return this._made;
  }

  /** Whether the server has done it; the reason is shown when it has not. */
  async submit(): Promise<boolean> {
    if (this._busy || this.problem !== '') {
      return false;
    }
    this._busy = true;
    this._error = '';
    this.update();
    try {
      this._made = await this.send(this._name.trim());
      return true;
    } catch (reason) {
      this._error = messageOf(reason);
      return false;
    } finally {
      this._busy = false;
      this.update();
    }
  }

  /** Ask the server. */
  protected abstract send(name: string): Promise<Branch>;

  protected abstract renderMore(): React.JSX.Element | null;

  /** Branch that may have the name. */
  protected own: string | null = null;

  protected render(): React.JSX.Element {
    return (
      <TransContext.Provider value={this.trans}>
        <NameField
          branches={this.branches}
          own={this.own}
          value={this._name}
          error={this._error}
          onChange={name => {
            this._name = name;
            this._error = '';
            this.update();
          }}
          onDrawn={() => this._allow()}
        />
        {this.renderMore()}
      </TransContext.Provider>
    );
  }

  /** Why it cannot be sent; empty when it can. */
  protected get problem(): string {
    const other = named(this.branches.items, this._name);
    return this._name.trim() === '' ? 'empty' : other && other.id !== this.own ? 'taken' : '';
  }

  private _allow(): void {
    const button = this.node.closest('.jp-Dialog')?.querySelector<HTMLButtonElement>('.jps-mod-confirm');
    if (button) {
      button.disabled = this._busy || this.problem !== '';
    }
  }

  private _busy = false;
  private _error = '';
  private _made: Branch | null = null;
}

class NewForm extends BranchForm {
  constructor(
    trans: TranslationBundle,
    branches: BranchesModel,
    private readonly _start: INewBranch
  ) {
    super(trans, branches, _start.name);
    this._from = _start.parent;
    this._switches = _start.session !== null;
  }

  protected send(name: string): Promise<Branch> {
    const { session } = this._start;
    return this.branches.add({
      name,
      parent: this._from,
      ...(session && this._switches ? { session: session.id } : {})
    });
  }

  protected renderMore(): React.JSX.Element {
    const { session } = this._start;
    const { trans } = this;
    return (
      <>
        <label>
          {trans.__('From')}
          <BranchSelect
            branches={this.branches}
            value={this._from}
            onChange={parent => {
              this._from = parent;
              this.update();
            }}
          />
        </label>
        {session && (
          <label className="jps-mod-inline">
            <input
              type="checkbox"
              checked={this._switches}
              onChange={event => {
                this._switches = event.target.checked;
                this.update();
              }}
            />
            <span>{trans.__('Make it the active branch of “%1”', session.name)}</span>
          </label>
        )}
      </>
    );
  }

  private _from: string;
  private _switches: boolean;
}

class RenameForm extends BranchForm {
  constructor(
    trans: TranslationBundle,
    branches: BranchesModel,
    private readonly _branch: Branch
  ) {
    super(trans, branches, _branch.name);
    this.own = _branch.id;
  }

  protected send(name: string): Promise<Branch> {
    return name === this._branch.name
      ? Promise.resolve(this._branch)
      : this.branches.update(this._branch.id, { name });
  }

  protected renderMore(): null {
    return null;
  }
}

interface INameProps {
  branches: BranchesModel;
  own: string | null;
  value: string;
  /** What the server said. */
  error: string;
  onChange(name: string): void;
  /** After the dialog has looked at its fields, and has enabled its button. */
  onDrawn(): void;
}

/** The name of a branch: checked while one types, with a free one where it is taken. */
function NameField(props: INameProps): React.JSX.Element {
  const { value, error, onChange } = props;
  const trans = useTrans();
  const id = React.useId();
  const field = React.useRef<HTMLInputElement>(null);
  const { items } = useModel(props.branches);
  const other = named(items, value);
  const taken = other !== undefined && other.id !== props.own;
  React.useLayoutEffect(props.onDrawn);
  const take = (name: string) => {
    onChange(name);
    field.current?.focus();
  };
  return (
    <>
      <label>
        {trans.__('Name')}
        <input
          ref={field}
          className="jp-mod-styled"
          value={value}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={taken || error !== ''}
          aria-describedby={id}
          onFocus={event => event.target.select()}
          onChange={event => onChange(event.target.value)}
          onInput={props.onDrawn}
        />
      </label>
      <p id={id} className="jps-Wrong" role="alert">
        {(taken || error) && <ErrorMark />}
        {taken ? (
          <span>
            {other.status === 'deleted'
              ? trans.__('A deleted branch has this name.')
              : trans.__('This name is taken.')}{' '}
            {trans.__('Free:')}{' '}
            <button type="button" className="jps-Link" onClick={() => take(freeName(items, value.trim()))}>
              {freeName(items, value.trim())}
            </button>
          </span>
        ) : (
          error && <span>{error}</span>
        )}
      </p>
    </>
  );
}
