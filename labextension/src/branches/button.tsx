import { ReactWidget } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { caretDownIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { branchIcon } from '../components/icons';
import { type BranchesModel, MAIN } from '../models/branches';
import type { ProjectsModel } from '../models/projects';

/** Attribute of a tab. */
const TAB_BRANCH = 'jps-branch';

/** The branch of a notebook's file, in its toolbar: a button that switches it. */
export class BranchButton extends ReactWidget {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _projects: ProjectsModel,
    private readonly _panel: NotebookPanel,
    private readonly _onPick: (at: HTMLElement) => void
  ) {
    super();
    this.addClass('jps-NotebookBranch');
    this.hide();
    _projects.changed.connect(this._look, this);
    _panel.context.pathChanged.connect(this._look, this);
    _panel.title.changed.connect(this._describe, this);
    document.adoptedStyleSheets.push(this._tabStyle);
    this._look();
  }

  /** Open the list of branches. */
  pick(): void {
    const button = this.node.querySelector('button');
    if (button) {
      this._onPick(button);
    }
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._projects.changed.disconnect(this._look, this);
      this._branches?.changed.disconnect(this._onBranches, this);
      const sheets = document.adoptedStyleSheets;
      document.adoptedStyleSheets = sheets.filter(each => each !== this._tabStyle);
      super.dispose();
    }
  }

  protected render(): React.JSX.Element {
    const name = this._name;
    return (
      <button
        type="button"
        className="jps-Picker jps-mod-small"
        aria-haspopup="dialog"
        aria-expanded="false"
        aria-label={this._trans.__('Branch: %1', name)}
        title={this._trans.__('Branch of this file: %1', name)}
        onClick={event => this._onPick(event.currentTarget)}
      >
        <branchIcon.react tag="span" className="jps-Icon jps-mod-small" />
        <span className="jps-Picker-name">{name}</span>
        <caretDownIcon.react tag="span" className="jps-Icon jps-mod-small" />
      </button>
    );
  }

  private get _name(): string {
    const place = this._branches?.branchOf(this._panel.context.localPath);
    return place ? (this._branches?.nameOf(place.branch) ?? '') : '';
  }

  /** Follow the branches of the project that the notebook lies in. */
  private _look(): void {
    const project = this._projects.at(this._panel.context.localPath);
    const branches = project && this._projects.branchesOf(project.id);
    if (branches !== this._branches) {
      this._branches?.changed.disconnect(this._onBranches, this);
      this._branches = branches;
      branches?.changed.connect(this._onBranches, this);
      void branches?.ensure();
    }
    this._onBranches();
  }

  private _onBranches(): void {
    // Before they are read, a file of a branch cannot be told from one of main.
    this.setHidden(!this._branches?.loaded);
    this._describe();
    this.update();
  }

  /** Name the branch in the tab too: behind its title, which JupyterLab takes for the file's name, and in the tooltip. */
  private _describe(): void {
    const { title } = this._panel;
    const branch = this._branches?.branchOf(this._panel.context.localPath)?.branch;
    const shown = this._branches?.loaded && branch !== MAIN ? this._name : '';
    if ((title.dataset[TAB_BRANCH] ?? '') !== shown) {
      const name = JSON.stringify(shown);
      const label = `[data-${TAB_BRANCH}=${name}] .lm-TabBar-tabLabel::after`;
      this._tabStyle.replaceSync(shown ? `${label} { content: " — " ${name}; }` : '');
      title.dataset = { ...title.dataset, [TAB_BRANCH]: shown };
    }
    const line = this._branches?.loaded ? this._trans.__('Branch: %1', this._name) : '';
    const rest = title.caption.split('\n').filter(each => each !== this._described);
    const caption = [...rest, line].filter(each => each !== '').join('\n');
    this._described = line;
    if (caption !== title.caption) {
      title.caption = caption;
    }
  }

  private _branches: BranchesModel | null = null;
  private _described = '';
  private readonly _tabStyle = new CSSStyleSheet();
}
