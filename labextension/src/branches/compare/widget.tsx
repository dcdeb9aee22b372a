import * as React from 'react';

import { compareIcon } from '../../components/icons';
import { ChangesPage, type IPageParts } from '../diff/page';
import type { BranchComparison, ICompared } from './model';
import { BranchComparisonView, type ICompareActs } from './view';

/** A notebook on some branches, side by side, as a tab. */
export class BranchComparisonPage extends ChangesPage<BranchComparison> {
  constructor(
    parts: IPageParts,
    model: BranchComparison,
    private readonly _acts: ICompareActs
  ) {
    super(parts, model, comparisonId(model.args));
    this.title.icon = compareIcon;
    this.onModel();
  }

  protected view(): React.JSX.Element {
    return <BranchComparisonView model={this.model} acts={this._acts} />;
  }

  protected get fault(): string {
    return this.parts.trans.__('The branches cannot be compared');
  }

  protected onModel(): void {
    const { args, branches } = this.model;
    const names = args.branches.map(each => branches.nameOf(each)).join(', ');
    this.title.label = this.parts.trans.__('Compare %1', names);
    this.title.caption = `${args.notebook}\n${names}`;
  }
}

/** Id of the tab that compares these. */
export function comparisonId({ project, notebook, branches, cell }: ICompared): string {
  const place = [project, notebook, ...branches, cell ?? ''].join(' ');
  return `jupyter-sessions-compare-branches-${encodeURIComponent(place)}`;
}
