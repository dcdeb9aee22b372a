import * as React from 'react';

import type { Table } from '../../api/schema';
import { Button } from '../../components/button';
import { useTrans } from '../../components/trans';
import { alignedValue, digitsOf, isNumeric, shownColumns, wholeValue } from './values';

/** Rows shown at first. */
const FIRST = 10;
/** Height of a row, in pixels, as the style sheet has it. */
const ROW = 24;
/** Rows kept in the document above and below the view. */
const MORE = 20;
/** Height of the view that all rows are scrolled in. */
const VIEW = 360;
const MOST_COLUMNS = 50;
/** Rows that the widths of the columns are made of. */
const SAMPLE = 200;

interface ITableProps {
  table: Table;
  fields: readonly string[] | null;
  title: string;
}

/** A table as the code returned it: text and numbers, its first rows, then all of them in a view that scrolls. */
export function DataTable({ table, fields, title }: ITableProps): React.JSX.Element {
  const trans = useTrans();
  const [all, setAll] = React.useState(false);
  const [top, setTop] = React.useState(0);
  const columns = React.useMemo(() => shownColumns(table, fields), [table, fields]);
  const shown = columns.slice(0, MOST_COLUMNS);
  const layout = React.useMemo(() => shown.map(index => layoutOf(table, index)), [table, columns]);
  const count = table.rows.length;
  const start = all ? Math.max(0, Math.floor(top / ROW) - MORE) : 0;
  const end = all ? Math.min(count, Math.ceil((top + VIEW) / ROW) + MORE) : Math.min(count, FIRST);
  return (
    <>
      <div
        className={`jps-Table${all ? ' jps-mod-all' : ''}`}
        tabIndex={0}
        role="region"
        aria-label={trans.__('Table of %1', title)}
        onScroll={event => all && setTop(event.currentTarget.scrollTop)}
      >
        <table
          aria-rowcount={count + 1}
          style={{ minWidth: `${layout.reduce((sum, { width }) => sum + width, 0)}ch` }}
        >
          <colgroup>
            {layout.map(({ width }, place) => (
              <col key={place} style={{ width: `${width}ch` }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              {shown.map((index, place) => {
                const column = table.columns[index];
                return (
                  <th
                    key={place}
                    scope="col"
                    className={column && isNumeric(column) ? 'jps-mod-number' : undefined}
                    title={column?.name}
                  >
                    {column?.name}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {start > 0 && <tr aria-hidden="true" style={{ height: start * ROW }} />}
            {table.rows.slice(start, end).map((row, place) => (
              <Row
                key={start + place}
                table={table}
                columns={shown}
                layout={layout}
                row={row}
                number={start + place}
              />
            ))}
            {all && end < count && <tr aria-hidden="true" style={{ height: (count - end) * ROW }} />}
          </tbody>
        </table>
      </div>
      {count === 0 && <p className="jps-Table-note">{trans.__('No rows')}</p>}
      {!all && count > FIRST && (
        <div className="jps-Table-note">
          <span>
            {trans._n('%2 more row', '%2 more rows', count - FIRST, (count - FIRST).toLocaleString())}
          </span>
          <Button look="flat" data-grows onClick={() => setAll(true)}>
            {trans.__('Show more')}
          </Button>
        </div>
      )}
      {table.total_rows > count && (
        <p className="jps-Table-note">
          {trans.__(
            'The first %1 of %2 rows are kept.',
            count.toLocaleString(),
            table.total_rows.toLocaleString()
          )}
        </p>
      )}
      {columns.length > shown.length && (
        <p className="jps-Table-note">
          {trans.__('The first %1 of %2 columns. Choose others with Edit….', shown.length, columns.length)}
        </p>
      )}
    </>
  );
}

interface IRowProps {
  table: Table;
  columns: readonly number[];
  layout: readonly IColumnLayout[];
  row: Table['rows'][number];
  number: number;
}

const Row = React.memo(function Row({ table, columns, layout, row, number }: IRowProps): React.JSX.Element {
  return (
    <tr aria-rowindex={number + 2} className={number % 2 === 1 ? 'jps-mod-odd' : undefined}>
      {columns.map((index, place) => {
        const value = row[index] ?? null;
        const column = table.columns[index];
        const text = alignedValue(value, layout[place]?.digits ?? 0);
        const whole = wholeValue(value);
        return (
          <td
            key={place}
            className={column && isNumeric(column) ? 'jps-mod-number' : undefined}
            title={text === whole && whole.length < 24 ? undefined : whole.slice(0, 2000)}
          >
            {value === null ? <span className="jps-mod-muted">{text}</span> : text}
          </td>
        );
      })}
    </tr>
  );
});

interface IColumnLayout {
  /** In letters: that of the longest value, within reason. */
  width: number;
  digits: number;
}

function layoutOf(table: Table, index: number): IColumnLayout {
  const name = table.columns[index]?.name ?? '';
  const step = Math.max(1, Math.floor(table.rows.length / SAMPLE));
  const sample = table.rows.filter((_, row) => row % step === 0).map(row => row[index]);
  const digits = table.columns[index]?.type === 'number' ? digitsOf(sample) : 0;
  const longest = sample.reduce(
    (most: number, value) => Math.max(most, alignedValue(value, digits).length),
    name.length * 1.1
  );
  return { width: Math.round(Math.min(36, Math.max(4, longest)) + 4), digits };
}
