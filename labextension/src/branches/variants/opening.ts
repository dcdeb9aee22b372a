import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';

import { CommandIDs } from '../../commands';
import { cellName } from '../../components/cells';
import { type IForkParts, saved } from '../fork/forking';
import { placeOf } from '../opening';
import { type IVariantsCell, VariantsModel } from './model';
import { VariantsPage } from './widget';

type CellWidget = NotebookPanel['content']['widgets'][number];

/** Ask for variants of a cell, behind the tab of its notebook; then run them, and show them side by side. */
export async function openVariants(
  parts: IForkParts,
  editors: IEditorServices | null,
  panel: NotebookPanel,
  cell: CellWidget
): Promise<void> {
  const { app, sessions, trans } = parts;
  const place = await placeOf(parts, panel);
  const described = describe(parts, panel, cell);
  if (!place || !described) {
    return;
  }
  const { project, branches, branch, notebook } = place;
  const model = new VariantsModel(sessions.settings, branches, {
    place: { branch, notebook },
    cell: described,
    save: () => (panel.isDisposed ? Promise.resolve() : saved(panel))
  });
  const page: VariantsPage = new VariantsPage(trans, model, editors, made => {
    page.close();
    void app.commands.execute(CommandIDs.compareBranches, {
      project,
      notebook,
      branches: made.items.map(each => each.branch.id),
      cell: described.id
    });
  });
  app.shell.add(page, 'main', { mode: 'tab-after', ref: panel.id });
  app.shell.activateById(page.id);
  void model.check();
}

function describe({ trans }: IForkParts, { content }: NotebookPanel, cell: CellWidget): IVariantsCell | null {
  const index = content.widgets.indexOf(cell);
  const above = content.widgets.slice(0, index);
  const before = above.at(-1)?.model.id;
  if (before === undefined || cell.model.type !== 'code') {
    return null;
  }
  const isCode = ({ model }: CellWidget) =>
    model.type === 'code' && model.sharedModel.getSource().trim() !== '';
  return {
    id: cell.model.id,
    name: cellName(trans, (cell.model as ICodeCellModel).executionCount, index),
    source: cell.model.sharedModel.getSource(),
    before,
    code: above.filter(isCode).length,
    mimeType: cell.model.mimeType
  };
}
