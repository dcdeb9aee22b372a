import * as React from 'react';

import { differsIcon } from '../../components/icons';
import type { CellContents } from '../diff/contents';
import { ChangesPage, type IPageParts } from '../diff/page';
import type { ReviewModel } from './model';
import { ReviewView } from './view';

/** What a run changed, as a tab. */
export class ReviewWidget extends ChangesPage<ReviewModel> {
  constructor(
    parts: IPageParts,
    model: ReviewModel,
    private readonly _contents: CellContents
  ) {
    super(parts, model, reviewId(model.run));
    this.title.icon = differsIcon;
    this.title.label = parts.trans.__('Changes of a run');
    this.onModel();
    void model.load();
  }

  protected view(): React.JSX.Element {
    return <ReviewView model={this.model} colours={this.parts.colours} contents={this._contents} />;
  }

  protected get fault(): string {
    return this.parts.trans.__('The changes of the run cannot be shown');
  }

  protected onModel(): void {
    const { changes } = this.model;
    const names = changes?.notebooks.map(each => each.notebook) ?? [];
    this.title.caption = [this.title.label, ...names].join('\n');
  }
}

/** Id of the tab of a run. */
export function reviewId(run: string): string {
  return `jupyter-sessions-review-${run}`;
}
