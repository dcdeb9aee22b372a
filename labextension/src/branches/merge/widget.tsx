import type { IEditorServices } from '@jupyterlab/codeeditor';
import * as React from 'react';

import { branchIcon } from '../../components/icons';
import type { MergeModel } from '../../models/merge';
import type { CellContents } from '../diff/contents';
import { ChangesPage, type IPageParts } from '../diff/page';
import { EditorContext } from './editor';
import { type IMergeViewProps, MergeView } from './view';

type Acts = Pick<IMergeViewProps, 'onMerged' | 'onUndo' | 'onRequest'>;

/** A merge to decide about, as a tab. */
export class MergeWidget extends ChangesPage<MergeModel> {
  constructor(
    parts: IPageParts,
    model: MergeModel,
    private readonly _contents: CellContents,
    private readonly _editors: IEditorServices | null,
    private readonly _acts: Acts
  ) {
    super(parts, model, mergeId(model.id));
    this.title.icon = branchIcon;
    this.onModel();
    void model.load();
  }

  protected view(): React.JSX.Element {
    return (
      <EditorContext.Provider value={this._editors}>
        <MergeView
          {...this._acts}
          model={this.model}
          colours={this.parts.colours}
          contents={this._contents}
          onClose={() => this.close()}
        />
      </EditorContext.Provider>
    );
  }

  protected get fault(): string {
    return this.parts.trans.__('The merge cannot be shown');
  }

  protected onModel(): void {
    const { trans } = this.parts;
    const { preview } = this.model;
    if (preview?.token !== this._token) {
      this._token = preview?.token;
      this._contents.forget();
    }
    this.title.label = preview
      ? trans.__('Merge %1 into %2', preview.source_name, preview.target_name)
      : trans.__('Merge');
    this.title.caption = this.title.label;
  }

  private _token: string | undefined;
}

/** Id of the tab of a merge. */
export function mergeId(merge: string): string {
  return `jupyter-sessions-merge-${merge}`;
}
