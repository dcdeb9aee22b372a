import * as React from 'react';

import { differsIcon } from '../../components/icons';
import type { CellContents } from './contents';
import type { DiffModel, IDiffArgs } from './model';
import { refName } from '../../components/cells';
import { ChangesPage, type IPageParts } from './page';
import { DiffView } from './view';

/** What differs between two states of a notebook, as a tab. */
export class DiffWidget extends ChangesPage<DiffModel> {
  constructor(
    parts: IPageParts,
    model: DiffModel,
    private readonly _contents: CellContents
  ) {
    super(parts, model, diffId(model.args));
    this.title.icon = differsIcon;
    this.onModel();
    void model.load();
  }

  protected view(): React.JSX.Element {
    return <DiffView model={this.model} colours={this.parts.colours} contents={this._contents} />;
  }

  protected get fault(): string {
    return this.parts.trans.__('The versions cannot be compared');
  }

  protected onModel(): void {
    const { trans } = this.parts;
    const { args, diff } = this.model;
    const { notebook, from, to, fromName, toName } = args;
    this._contents.forget();
    this.title.label = trans.__('Changes of %1', (diff?.notebook ?? notebook).split('/').at(-1));
    this.title.caption = `${notebook}\n${fromName ?? refName(trans, from)} → ${toName ?? refName(trans, to)}`;
  }
}

/** Id of the tab of two states. */
export function diffId({ project, notebook, from, to }: IDiffArgs): string {
  return `jupyter-sessions-diff-${encodeURIComponent([project, notebook, from, to].join(' '))}`;
}
