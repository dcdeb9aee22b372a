import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Variable, VariableList } from '../api/schema';
import { useTrans } from '../components/trans';
import type { VariablesModel } from './model';
import { sorted, type SortKey } from './rows';
import { shapeText, shortText, sizeText } from './words';

interface ITableProps {
  model: VariablesModel;
  list: VariableList;
}

/** The variables as a table that is put in order by its heads. */
export function VariablesTable({ model, list }: ITableProps): React.JSX.Element {
  const trans = useTrans();
  const { filter, sort } = model;
  const rows = React.useMemo(() => sorted(list.items, sort, filter), [list, sort, filter]);
  const rest = list.total - list.items.length;
  return (
    <div
      className="jps-Variables-scroll"
      role="group"
      tabIndex={0}
      aria-label={trans._n('%1 variable', '%1 variables', list.total)}
    >
      {rows.length > 0 ? (
        <table className="jps-Variables-table">
          <caption className="jps-Unseen">{trans.__('Variables')}</caption>
          <thead>
            <tr>
              <Head model={model} by="name" label={trans.__('Name')} />
              <Head model={model} by="type" label={trans.__('Type')} className="jps-mod-wide" />
              <th scope="col" className="jps-mod-wide">
                {trans.__('Shape')}
              </th>
              <th scope="col">{trans.__('Value')}</th>
              <Head model={model} by="size" label={trans.__('Size')} className="jps-mod-number" />
            </tr>
          </thead>
          <tbody>
            {rows.map(each => (
              <Row key={each.name} {...each} />
            ))}
          </tbody>
        </table>
      ) : (
        <p className="jps-Variables-empty" role="status">
          {trans.__('Nothing found for “%1”.', filter.trim())}
        </p>
      )}
      {rest > 0 && (
        <p className="jps-Variables-note">
          {trans.__('%1 more names are not shown.', rest.toLocaleString())}
        </p>
      )}
    </div>
  );
}

interface IHeadProps {
  model: VariablesModel;
  by: SortKey;
  label: string;
  className?: string;
}

function Head({ model, by, label, className }: IHeadProps): React.JSX.Element {
  const { key, down } = model.sort;
  const here = key === by;
  const Caret = down ? caretDownIcon : caretUpIcon;
  return (
    <th scope="col" className={className} aria-sort={here ? (down ? 'descending' : 'ascending') : undefined}>
      <button type="button" onClick={() => model.press(by)}>
        {label}
        {here && <Caret.react tag="span" className="jps-Icon jps-mod-small" />}
      </button>
    </th>
  );
}

const Row = React.memo(function Row(variable: Variable): React.JSX.Element {
  const { name, type, shape, size, summary } = variable;
  const short = shortText(variable);
  return (
    <tr>
      <th scope="row" title={name}>
        {name}
      </th>
      <td className="jps-mod-wide" title={type}>
        {type}
      </td>
      <td className="jps-mod-wide" title={shapeText(shape)}>
        {shapeText(shape)}
      </td>
      <td title={[summary, type, shapeText(shape)].filter(Boolean).join('\n')}>
        <span className={summary ? 'jps-Variables-value' : 'jps-Variables-what'}>{short}</span>
      </td>
      <td className="jps-mod-number">{sizeText(size)}</td>
    </tr>
  );
});
