import { checkIcon, closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { MergePreview } from '../../api/schema';
import { Glyph } from '../../components/glyph';
import { warningIcon } from '../../components/icons';
import { Select } from '../../components/select';
import { useTrans } from '../../components/trans';
import { cellKey } from '../diff/entries';
import { type ItemState, onlyRun, stateOf } from './counting';
import { itemNumber, rowText } from './words';

const ICONS: Record<ItemState, typeof checkIcon> = {
  accepted: checkIcon,
  rejected: closeIcon,
  left: warningIcon,
  decided: checkIcon
};

interface IListProps {
  preview: MergePreview;
  current: string | null;
  onGo(key: string): void;
}

/** All cells of the merge, by notebook, with what was decided. */
export function MergeList({ preview, current, onGo }: IListProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <nav className="jps-Merge-list" aria-label={trans.__('Cells of the merge')}>
      {preview.notebooks.map(notebook => {
        const again = onlyRun(notebook).length;
        return (
          <section key={notebook.notebook}>
            <h2 title={notebook.notebook}>{notebook.notebook}</h2>
            <ul>
              {notebook.items
                .filter(item => !item.only_run)
                .map(item => {
                  const key = cellKey(notebook.notebook, item.cell_id);
                  const state = stateOf(item);
                  return (
                    <li key={key}>
                      <button
                        type="button"
                        aria-current={key === current || undefined}
                        className={`jps-mod-${state}`}
                        onClick={() => onGo(key)}
                      >
                        <Glyph icon={ICONS[state]} />
                        <code>{itemNumber(item)}</code>
                        <span>{rowText(trans, item)}</span>
                      </button>
                    </li>
                  );
                })}
            </ul>
            {again > 0 && (
              <p className="jps-mod-muted">{trans._n('%1 only run again', '%1 only run again', again)}</p>
            )}
          </section>
        );
      })}
    </nav>
  );
}

/** The same where there is no room for a list. */
export function MergePicker({ preview, current, onGo }: IListProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Merge-picker">
      <Select
        aria-label={trans.__('Cells of the merge')}
        value={current ?? ''}
        onChange={event => onGo(event.target.value)}
      >
        <option value="" disabled>
          {trans.__('Go to a cell')}
        </option>
        {preview.notebooks.map(({ notebook, items }) => (
          <optgroup key={notebook} label={notebook}>
            {items
              .filter(item => !item.only_run)
              .map(item => (
                <option key={item.cell_id} value={cellKey(notebook, item.cell_id)}>
                  {SIGNS[stateOf(item)]} {itemNumber(item)} {rowText(trans, item)}
                </option>
              ))}
          </optgroup>
        ))}
      </Select>
    </div>
  );
}

const SIGNS: Record<ItemState, string> = { accepted: '✓', rejected: '×', left: '!', decided: '✓' };
