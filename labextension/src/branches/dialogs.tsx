import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Branch, Session } from '../api/schema';
import { TransContext } from '../components/trans';
import type { BranchesModel } from '../models/branches';
import { messageOf } from '../models/projects';
import { NameField } from './nameField';
import { named } from './rows';
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
          label={this.trans.__('Name')}
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
