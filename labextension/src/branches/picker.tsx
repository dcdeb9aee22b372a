import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import type { Branch } from '../api/schema';
import { takeKeys } from '../components/focus';
import type { IMenuItem } from '../components/menu';
import { TransContext } from '../components/trans';
import { useModel } from '../models/observable';
import type { BranchesModel } from '../models/branches';
import { BranchList } from './list';
import { onLeft, place } from './popover';
import type { IGroup } from './rows';

/** What is offered, and what comes of it. */
export interface IPicking {
  readonly branches: BranchesModel;
  /** What is chosen, for screen readers. */
  readonly label: string;
  /** Id of the branch that is in use. */
  readonly current: string | null;
  /** The branches in groups. `deleted`: those that are deleted are wanted too. */
  groups(deleted: boolean): IGroup[];
  /** What else can be done, below the list. */
  readonly actions: readonly IMenuItem[];
  onChoose(branch: Branch): void;
  /** Make a branch; the name is what was typed, or empty. */
  onNew(name: string): void;
  /** What can be done with one of the branches. */
  menuOf(branch: Branch): (IMenuItem | null)[];
}

/** Open the list of branches below an element. */
export function openPicker(trans: TranslationBundle, picking: IPicking, at: HTMLElement | null): IDisposable {
  const picker = new BranchPicker(trans, picking, at);
  picker.open();
  return picker;
}

/** The list of branches as a popover; it goes when a person turns to something else. */
class BranchPicker extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _picking: IPicking,
    private readonly _at: HTMLElement | null
  ) {
    super();
    this.addClass('jps-BranchPicker');
    this.node.setAttribute('role', 'dialog');
    this.node.setAttribute('aria-label', _picking.label);
  }

  open(): void {
    this._before = document.activeElement;
    Widget.attach(this, document.body);
    this._at?.setAttribute('aria-expanded', 'true');
    takeKeys(this.node);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._stop();
    this._at?.setAttribute('aria-expanded', 'false');
    const inside = this.node.contains(document.activeElement);
    super.dispose();
    const back = this._at?.isConnected ? this._at : this._before;
    if (inside && back instanceof HTMLElement) {
      back.focus();
    }
  }

  protected render(): React.JSX.Element {
    return (
      <TransContext.Provider value={this._trans}>
        <Picked
          picking={this._picking}
          onClose={() => this.dispose()}
          onDrawn={() => place(this.node, this._at)}
        />
      </TransContext.Provider>
    );
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._stop = onLeft(this.node, () => this.dispose());
    this.node.addEventListener('keydown', this._onKey);
  }

  /** Before the field is drawn, which has the keys then. */
  private readonly _onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && event.target === this.node) {
      event.preventDefault();
      event.stopPropagation();
      this.dispose();
    }
  };

  private _before: Element | null = null;
  private _stop: () => void = () => undefined;
}

interface IPickedProps {
  picking: IPicking;
  onClose(): void;
  /** It has got its size. */
  onDrawn(): void;
}

function Picked({ picking, onClose, onDrawn }: IPickedProps): React.JSX.Element {
  useModel(picking.branches);
  React.useLayoutEffect(onDrawn);
  return <BranchList picking={picking} onClose={onClose} />;
}
