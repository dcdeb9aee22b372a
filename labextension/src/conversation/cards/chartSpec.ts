import type { JSONObject, PartialJSONObject } from '@lumino/coreutils';

import type { Chart, Column, Table } from '../../api/schema';
import { isNumeric, wholeValue } from './values';

/** Colours of the theme, as the browser resolves them. */
export interface IPalette {
  text: string;
  muted: string;
  grid: string;
  series: string[];
  font: string;
}

export interface IChartOptions {
  width: number;
  palette: IPalette;
  /** What the chart shows, for those who do not see it. */
  description: string;
  /** Title of the axis that counts. */
  count: string;
}

export interface IChartSpec {
  spec: JSONObject;
  height: number;
}

const HEIGHT = 200;
const OVERHANG = 12;
const TALLEST = 480;
/** Numbers or times that are so few are drawn as names. */
const FEW = 40;
/** Width of a letter of a label, in pixels. */
const LETTER = 6.5;
/** More marks than this are drawn on a canvas. */
const MANY = 1500;

/** How a field is drawn; its name in the data is ours, so that no name of a column means anything. */
interface IField {
  key: 'x' | 'y' | 'color';
  title: string;
  type: 'quantitative' | 'temporal' | 'nominal';
  values: (number | string | null)[];
}

/** A Vega-Lite chart of a table: its data is the table's own. `null` when a field is not in the table. */
export function chartSpec(chart: Chart, table: Table, options: IChartOptions): IChartSpec | null {
  const x = fieldOf('x', chart.x, table, namesFew(chart));
  const y = chart.y === null ? null : fieldOf('y', chart.y, table, false);
  const color = chart.color === null ? null : fieldOf('color', chart.color, table, false);
  if (!x || (chart.y !== null && !y) || (chart.color !== null && !color)) {
    return null;
  }
  const drawn = drawing(chart.type, x, y, color, options);
  const fields = [x, y, color].filter(field => field !== null);
  const values = table.rows.map((_, row) =>
    Object.fromEntries(fields.map(({ key, values: column }) => [key, column[row] ?? null]))
  );
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    description: options.description,
    width: options.width,
    height: drawn.height,
    autosize: { type: 'fit', contains: 'padding' },
    // The last label of an axis may reach beyond it.
    padding: { left: 4, top: 4, right: OVERHANG, bottom: 4 },
    background: 'transparent',
    data: { values },
    mark: drawn.mark,
    encoding: drawn.encoding,
    config: configOf(options)
  };
  return { spec: spec as JSONObject, height: drawn.height };
}

/** How vega-embed is to draw: no menu, no network, no code made of text. */
export function embedOptions(spec: JSONObject): PartialJSONObject {
  const { values } = spec.data as { values: unknown[] };
  return {
    renderer: values.length > MANY ? 'canvas' : 'svg',
    actions: false,
    // The title attribute of the chart, which is text.
    tooltip: false,
    defaultStyle: false,
    // Expressions are interpreted, not compiled.
    ast: true
  };
}

interface IDrawing {
  mark: PartialJSONObject;
  encoding: PartialJSONObject;
  height: number;
}

function drawing(
  type: Chart['type'],
  x: IField,
  y: IField | null,
  color: IField | null,
  options: IChartOptions
): IDrawing {
  if (type === 'histogram') {
    return histogram(x, color, options);
  }
  const zero = type === 'bar' || type === 'area';
  const lying = lies(type, x, y, options.width);
  const along = {
    ...axis(x, { zero: zero && x.type === 'quantitative' && !isMeasured(y) }),
    ...(lying ? {} : below(x, options.width))
  };
  const up = y ? axis(y, { zero }) : { aggregate: 'count', type: 'quantitative', title: options.count };
  const grouped = type === 'bar' && color !== null && color.title !== x.title;
  const encoding: PartialJSONObject = {
    [lying ? 'y' : 'x']: along,
    [lying ? 'x' : 'y']: up,
    ...(color ? { color: colour(color) } : {}),
    ...(grouped ? { [lying ? 'yOffset' : 'xOffset']: { field: 'color' } } : {}),
    tooltip: [x, y, color].filter(field => field !== null).map(tip)
  };
  const groups = grouped ? distinct(color.values).length : 1;
  const rows = distinct(x.values).length;
  const height = lying ? Math.min(TALLEST, rows * Math.max(24, groups * 14) + 56) : HEIGHT;
  return { mark: markOf(type, x.values.length), encoding, height };
}

function histogram(x: IField, color: IField | null, options: IChartOptions): IDrawing {
  const along: PartialJSONObject =
    x.type === 'quantitative'
      ? { bin: { maxbins: 30 } }
      : x.type === 'temporal'
        ? { timeUnit: unitOf(x.values) }
        : { sort: null, ...below(x, options.width) };
  const base: PartialJSONObject = { field: 'x', type: x.type, title: x.title, ...along };
  const encoding: PartialJSONObject = {
    x: base,
    y: { aggregate: 'count', type: 'quantitative', title: options.count },
    ...(color ? { color: colour(color) } : {}),
    tooltip: [base, { aggregate: 'count', type: 'quantitative', title: options.count }]
  };
  return { mark: { type: 'bar', binSpacing: 1 }, encoding, height: HEIGHT };
}

/** Names that do not fit below columns stand at the left of rows. */
function lies(type: Chart['type'], x: IField, y: IField | null, width: number): boolean {
  if ((type !== 'bar' && type !== 'scatter') || x.type !== 'nominal' || (y && y.type === 'nominal')) {
    return false;
  }
  return !fits(x, width);
}

/** Whether each name has room below its column. */
function fits(x: IField, width: number): boolean {
  const names = distinct(x.values).map(String);
  const longest = names.reduce((most, name) => Math.max(most, name.length), 0);
  return longest * LETTER <= (width - 50) / names.length;
}

/** Names that fit are written as one reads; Vega-Lite would turn them all the same. */
function below(x: IField, width: number): PartialJSONObject {
  return x.type === 'nominal' && fits(x, width) ? { axis: { labelAngle: 0 } } : {};
}

function axis(field: IField, { zero }: { zero: boolean }): PartialJSONObject {
  const scale: PartialJSONObject =
    field.type === 'temporal' ? { type: 'utc' } : field.type === 'quantitative' ? { zero } : {};
  const sort = field.type === 'nominal' ? { sort: null } : {};
  return { field: field.key, type: field.type, title: field.title, scale, ...sort };
}

function colour(field: IField): PartialJSONObject {
  const scale = field.type === 'nominal' ? {} : { scale: { scheme: 'viridis' } };
  const sort = field.type === 'nominal' ? { sort: null } : {};
  return { field: 'color', type: field.type, title: field.title, ...scale, ...sort };
}

function tip(field: IField): PartialJSONObject {
  const time = field.type === 'temporal' ? { timeUnit: 'utcyearmonthdatehoursminutes' } : {};
  return { field: field.key, type: field.type, title: field.title, ...time };
}

function markOf(type: Chart['type'], count: number): PartialJSONObject {
  switch (type) {
    case 'line':
      return { type: 'line', strokeWidth: 2, point: count <= 60 ? { size: 28 } : false };
    case 'area':
      return { type: 'area', line: true, fillOpacity: 0.35 };
    case 'scatter':
      return { type: 'point', filled: true, size: count > 500 ? 14 : 36, opacity: count > 50 ? 0.6 : 1 };
    default:
      return { type: 'bar' };
  }
}

function configOf({ palette }: IChartOptions): PartialJSONObject {
  const { text, muted, grid, series, font } = palette;
  const labels = { labelColor: text, titleColor: muted, labelFontSize: 11, titleFontSize: 11 };
  return {
    font,
    mark: { color: series[0], tooltip: null },
    axis: {
      ...labels,
      titleFontWeight: 'normal',
      gridColor: grid,
      domainColor: grid,
      tickColor: grid,
      labelLimit: 140,
      titleLimit: 260
    },
    legend: {
      ...labels,
      titleFontWeight: 'normal',
      orient: 'bottom',
      labelLimit: 120,
      columns: 4,
      symbolLimit: 20
    },
    view: { stroke: null },
    range: { category: series }
  };
}

function fieldOf(key: IField['key'], name: string, table: Table, few: boolean): IField | null {
  const index = table.columns.findIndex(column => column.name === name);
  const column = table.columns[index];
  if (!column) {
    return null;
  }
  const raw = table.rows.map(row => row[index] ?? null);
  const named = few && column.type !== 'string' && distinct(raw).length <= FEW;
  const type = named ? 'nominal' : typeOf(column);
  const values = raw.map(value => drawnValue(type, value));
  return { key, title: name, type, values };
}

/** Bars stand at names; few numbers or times are names for them. */
function namesFew(chart: Chart): boolean {
  return chart.type === 'bar';
}

function typeOf(column: Column): IField['type'] {
  if (isNumeric(column)) {
    return 'quantitative';
  }
  return column.type === 'datetime' ? 'temporal' : 'nominal';
}

function drawnValue(type: IField['type'], value: unknown): number | string | null {
  if (value === null || value === undefined) {
    return null;
  }
  switch (type) {
    case 'quantitative':
      return numberOf(value);
    case 'temporal':
      return wallClock(wholeValue(value));
    case 'nominal':
      return wholeValue(value).slice(0, 200);
  }
}

/** A number; those that no double holds come as their digits. */
function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** A time as it is written, whatever zone it is in: the axis shows what the table shows. */
function wallClock(text: string): number | null {
  const found = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?))?/.exec(text);
  const ms = found ? Date.parse(`${found[1]}T${found[2] ?? '00:00'}Z`) : NaN;
  return Number.isNaN(ms) ? null : ms;
}

function unitOf(values: IField['values']): string {
  const times = values.filter(value => typeof value === 'number');
  const days = times.length > 0 ? (times.reduce(larger) - times.reduce(smaller)) / 86_400_000 : 0;
  if (days > 1100) {
    return 'utcyear';
  }
  return days > 90 ? 'utcyearmonth' : days > 3 ? 'utcyearmonthdate' : 'utcyearmonthdatehours';
}

const larger = (a: number, b: number) => Math.max(a, b);
const smaller = (a: number, b: number) => Math.min(a, b);

function isMeasured(field: IField | null): boolean {
  return field?.type === 'quantitative';
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
