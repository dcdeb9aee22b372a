import type { Column, Table } from '../../api/schema';

/** Characters of a value that a cell of a table shows. */
const LONGEST = 200;

/** A value of a table in words: what is missing as a dash, long fractions cut to six digits. */
export function shortValue(value: unknown): string {
  if (value === null || value === undefined) {
    return '–';
  }
  if (typeof value === 'number' && !Number.isInteger(value)) {
    const whole = String(value);
    return whole.length > 10 ? String(Number(value.toPrecision(6))) : whole;
  }
  const text = wholeValue(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** Digits behind the point that a column of fractions shows: as many as its values have, at most six. */
export function digitsOf(values: readonly unknown[]): number {
  let most = 0;
  for (const value of values) {
    const fraction = typeof value === 'number' ? /^-?\d+\.(\d+)$/.exec(String(value)) : null;
    most = Math.max(most, fraction?.[1]?.length ?? 0);
  }
  return Math.min(6, most);
}

/** A value of a column with that many digits behind the point. */
export function alignedValue(value: unknown, digits: number): string {
  const size = typeof value === 'number' ? Math.abs(value) : 0;
  const fits = size === 0 || (size >= 10 ** -digits && size < 1e9);
  return typeof value === 'number' && digits > 0 && fits ? value.toFixed(digits) : shortValue(value);
}

/** A value of a table, whole. */
export function wholeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return value === null || value === undefined ? '' : JSON.stringify(value);
  }
}

/** Numbers stand at the right. */
export function isNumeric({ type }: Column): boolean {
  return type === 'integer' || type === 'number';
}

/** Places of the columns to show, in order: those that were chosen and are still there, or all. */
export function shownColumns(table: Table, fields: readonly string[] | null): number[] {
  const all = table.columns.map((_, index) => index);
  if (!fields) {
    return all;
  }
  const chosen = fields
    .map(name => table.columns.findIndex(column => column.name === name))
    .filter(index => index >= 0);
  return chosen.length > 0 ? chosen : all;
}

/** The shown columns as lines of tab-separated text, for a spreadsheet. */
export function tabSeparated(table: Table, fields: readonly string[] | null): string {
  const columns = shownColumns(table, fields);
  const line = (values: string[]) => values.map(text => text.replace(/[\t\r\n]+/g, ' ')).join('\t');
  return [
    line(columns.map(index => table.columns[index]?.name ?? '')),
    ...table.rows.map(row => line(columns.map(index => wholeValue(row[index] ?? null))))
  ].join('\n');
}
