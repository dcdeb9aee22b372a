import { addIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Button, IconButton } from '../../components/button';
import { branchIcon, compareIcon, mergeIcon } from '../../components/icons';
import { openMenu } from '../../components/menu';
import { useTrans } from '../../components/trans';
import { MAIN } from '../../models/branches';
import { useModel } from '../../models/observable';
import type { IBranchActs } from '../table/menus';
import { type TreeModel, ZOOMS } from './model';

/** What is done with the branches that are selected, and the size of the tree. */
export function TreeTools(props: { model: TreeModel; acts: IBranchActs }): React.JSX.Element {
  const { acts } = props;
  const model = useModel(props.model);
  const trans = useTrans();
  const { selected, notebook, layout } = model;
  const pair: readonly string[] = selected.length === 1 ? [MAIN, ...selected] : selected;
  const [from, to] = pair;
  const compared = from !== undefined && to !== undefined && from !== to;
  const why = trans.__('Select two branches with the space bar, or with Ctrl and a click');
  const lane = layout.lanes.find(each => each.stops.some(stop => stop.key === model.focus));
  const row = lane?.stops.find(stop => stop.key === model.focus)?.row;
  const cell = row?.kind === 'cell' ? row.cell.cell_id : lane?.lane.cells.at(-1)?.cell_id;
  return (
    <>
      <Button
        look="flat"
        icon={compareIcon}
        disabled={!compared}
        aria-label={trans.__('Compare')}
        title={compared ? undefined : why}
        onClick={() => compared && acts.onCompareTwo(from, to, notebook)}
      >
        <span className="jps-Bar-word">{trans.__('Compare')}</span>
      </Button>
      <Button
        look="flat"
        icon={mergeIcon}
        disabled={!compared}
        aria-label={trans.__('Converge…')}
        title={compared ? undefined : why}
        onClick={() => compared && acts.onConverge(selected, notebook)}
      >
        <span className="jps-Bar-word">{trans.__('Converge…')}</span>
      </Button>
      <Button
        look="flat"
        icon={branchIcon}
        disabled={!lane || lane.branch.status === 'deleted' || cell === undefined}
        aria-label={trans.__('Fork')}
        title={trans.__('Fork from the cell that has the focus')}
        onClick={() =>
          lane && cell !== undefined && acts.onFork(lane.branch.id, lane.lane.notebook ?? notebook, cell)
        }
      >
        <span className="jps-Bar-word">{trans.__('Fork')}</span>
      </Button>
      <span className="jps-Bar-line" />
      <IconButton
        icon={addIcon}
        label={trans.__('Larger')}
        disabled={model.zoom === ZOOMS.at(-1)}
        onClick={() => {
          model.zoom = ZOOMS.find(each => each > model.zoom) ?? model.zoom;
        }}
      />
      <button
        type="button"
        className="jps-Picker jps-mod-small"
        aria-haspopup="menu"
        aria-label={trans.__('Size: %1 %', model.zoom)}
        onClick={event =>
          openMenu(
            ZOOMS.map(zoom => ({
              label: trans.__('%1 %', zoom),
              toggled: zoom === model.zoom,
              execute: () => {
                model.zoom = zoom;
              }
            })),
            event.currentTarget
          )
        }
      >
        {trans.__('%1 %', model.zoom)}
      </button>
    </>
  );
}
