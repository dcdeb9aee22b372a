import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { VariableChange, VariablesDifference } from '../api/schema';
import { Bars } from '../chats/notices';
import { useTrans } from '../components/trans';
import type { VariablesModel } from './model';
import { found } from './rows';
import { changeText, sideText } from './words';

/** What differs between the kernels of two branches. */
export function Difference({ model }: { model: VariablesModel }): React.JSX.Element {
  const trans = useTrans();
  const { difference, kernel, filter } = model;
  if (difference === null) {
    return <Bars />;
  }
  const nameOf = (id: string) => kernel.branches?.nameOf(id) ?? '';
  const reasons = [difference.here, difference.there].filter(each => each.reason !== '');
  if (reasons.length > 0) {
    return (
      <div className="jps-Variables-empty" role="status">
        {reasons.map(each => (
          <p key={each.branch}>
            <b>{nameOf(each.branch)}</b>: {each.reason}
          </p>
        ))}
      </div>
    );
  }
  const rows = found(difference.items, filter);
  const names = [nameOf(difference.here.branch), nameOf(difference.there.branch)] as const;
  return (
    <div
      className="jps-Variables-scroll"
      role="group"
      tabIndex={0}
      aria-label={trans.__('Differences between %1 and %2', ...names)}
    >
      {rows.length > 0 && <Table rows={rows} names={names} />}
      <Rest difference={difference} filtered={filter.trim() !== '' && rows.length === 0} filter={filter} />
    </div>
  );
}

function Table(props: {
  rows: readonly VariableChange[];
  names: readonly [string, string];
}): React.JSX.Element {
  const { rows, names } = props;
  const trans = useTrans();
  return (
    <table className="jps-Variables-table jps-mod-difference">
      <caption className="jps-Unseen">{trans.__('Differences between %1 and %2', ...names)}</caption>
      <thead>
        <tr>
          <th scope="col">{trans.__('Name')}</th>
          {names.map((name, index) => (
            <th key={index} scope="col" title={name}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(each => (
          <tr key={each.name}>
            <th scope="row" title={each.name}>
              {each.name}
              <span className="jps-Variables-change">{changeText(trans, each.change)}</span>
            </th>
            {[each.here, each.there].map((side, index) => (
              <td key={index} title={sideText(side, each.change)}>
                <span className={side?.summary ? 'jps-Variables-value' : 'jps-mod-muted'}>
                  {sideText(side, each.change)}
                </span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How many are the same, and which were not compared. */
function Rest(props: {
  difference: VariablesDifference;
  filtered: boolean;
  filter: string;
}): React.JSX.Element {
  const { difference, filtered, filter } = props;
  const trans = useTrans();
  const [open, setOpen] = React.useState(false);
  const { items, same, unknown, complete } = difference;
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <div className="jps-Variables-rest">
      <p role="status">
        {filtered && items.length > 0
          ? trans.__('Nothing found for “%1”.', filter.trim())
          : [
              items.length === 0 ? trans.__('No differences found.') : '',
              trans._n('%2 name is the same.', '%2 names are the same.', same, same.toLocaleString())
            ].join(' ')}
      </p>
      {unknown.length > 0 && (
        <>
          <button
            type="button"
            className="jps-Variables-fold"
            aria-expanded={open}
            title={trans.__('Large, or of a type that cannot be read without running code')}
            onClick={() => setOpen(!open)}
          >
            <Caret.react tag="span" className="jps-Icon jps-mod-small" />
            {trans._n(
              '%1 has the same type and shape, but was not compared',
              '%1 have the same type and shape, but were not compared',
              unknown.length
            )}
          </button>
          {open && <p className="jps-Variables-names">{unknown.join(', ')}</p>}
        </>
      )}
      {!complete && <p>{trans.__('Only the first 1,000 names of each kernel were compared.')}</p>}
    </div>
  );
}
