import { describe, expect, it } from 'vitest';

import type { Chart, Table } from '../../../api/schema';
import { chartSpec, embedOptions } from '../chartSpec';

const OPTIONS = {
  width: 300,
  palette: { text: '#111', muted: '#555', grid: '#ccc', series: ['#06c', '#c60'], font: 'sans' },
  description: 'Scores',
  count: 'Count'
};

function tableOf(columns: Table['columns'], rows: Table['rows']): Table {
  return { columns, rows, total_rows: rows.length };
}

const SCORES = tableOf(
  [
    { name: 'model', type: 'string' },
    { name: 'auc', type: 'number' },
    { name: 'fold', type: 'integer' }
  ],
  [
    ['boosting', 0.861, 1],
    ['logistic', 0.845, 1],
    ['boosting', null, 2]
  ]
);

function chart(patch: Partial<Chart>): Chart {
  return { type: 'bar', x: 'model', y: 'auc', color: null, ...patch };
}

function encodingOf(drawn: Chart, table = SCORES) {
  const made = chartSpec(drawn, table, OPTIONS);
  return made?.spec.encoding as Record<string, Record<string, unknown>>;
}

describe('chartSpec', () => {
  it('holds the data of the table, and nothing that loads', () => {
    const made = chartSpec(chart({}), SCORES, OPTIONS);
    expect(made?.spec.data).toEqual({
      values: [
        { x: 'boosting', y: 0.861 },
        { x: 'logistic', y: 0.845 },
        { x: 'boosting', y: null }
      ]
    });
    expect(JSON.stringify({ ...made?.spec, $schema: '' })).not.toMatch(/url|href|expr|signal/);
    expect(made?.spec.description).toBe('Scores');
  });

  it('draws bars from zero, and lines and points not', () => {
    expect(encodingOf(chart({})).y?.scale).toEqual({ zero: true });
    expect(encodingOf(chart({ type: 'area', x: 'fold' })).y?.scale).toEqual({ zero: true });
    expect(encodingOf(chart({ type: 'line', x: 'fold' })).y?.scale).toEqual({ zero: false });
    expect(encodingOf(chart({ type: 'scatter', x: 'fold' })).y?.scale).toEqual({ zero: false });
  });

  it('turns names below columns only when they do not fit', () => {
    const level = { labelAngle: 0 };
    expect(encodingOf(chart({})).x?.axis).toEqual(level);
    expect(encodingOf(chart({ type: 'line' })).x?.axis).toEqual(level);
    expect(encodingOf(chart({ type: 'histogram', y: null })).x?.axis).toEqual(level);
    expect(encodingOf(chart({ x: 'fold', type: 'line' })).x?.axis).toBeUndefined();
    const long = tableOf(SCORES.columns, [
      ['a model with a long name', 1, 1],
      ['another one', 2, 2]
    ]);
    expect(encodingOf(chart({ type: 'line' }), long).x?.axis).toBeUndefined();
    expect(encodingOf(chart({}), long).y).toMatchObject({ field: 'x' });
    expect(encodingOf(chart({}), long).y?.axis).toBeUndefined();
  });

  it('types the fields by their columns and keeps the order of names', () => {
    const { x, y } = encodingOf(chart({}));
    expect(x).toMatchObject({ type: 'nominal', title: 'model', sort: null });
    expect(y).toMatchObject({ type: 'quantitative', title: 'auc' });
    expect(encodingOf(chart({ type: 'line', x: 'fold' })).x?.type).toBe('quantitative');
    expect(encodingOf(chart({ x: 'fold' })).x?.type).toBe('nominal');
  });

  it('puts bars of several series side by side', () => {
    const { color, xOffset } = encodingOf(chart({ color: 'fold' }));
    expect(color?.title).toBe('fold');
    expect(xOffset).toEqual({ field: 'color' });
    expect(encodingOf(chart({ color: 'model' })).xOffset).toBeUndefined();
  });

  it('lays bars down when their names do not fit below them', () => {
    const long = tableOf(
      SCORES.columns.slice(0, 2),
      Array.from({ length: 6 }, (_, n) => [`a model with a long name ${n}`, n])
    );
    const { x, y } = encodingOf(chart({}), long);
    expect(y?.title).toBe('model');
    expect(x?.scale).toEqual({ zero: true });
  });

  it('bins a histogram and counts names', () => {
    const numbers = encodingOf(chart({ type: 'histogram', x: 'auc', y: null }));
    expect(numbers.x).toMatchObject({ bin: { maxbins: 30 }, type: 'quantitative' });
    expect(numbers.y).toMatchObject({ aggregate: 'count', title: 'Count' });
    const names = encodingOf(chart({ type: 'histogram', y: null }));
    expect(names.x).toMatchObject({ type: 'nominal' });
  });

  it('shows times as they are written, whatever zone they are in', () => {
    const times = tableOf(
      [
        { name: 'when', type: 'datetime' },
        { name: 'n', type: 'integer' }
      ],
      [
        ['2026-01-01T10:30:00+05:00', 1],
        ['2026-01-02', 2],
        ['nonsense', 3]
      ]
    );
    const made = chartSpec(chart({ type: 'line', x: 'when', y: 'n' }), times, OPTIONS);
    const { values } = made?.spec.data as { values: { x: number | null }[] };
    expect(values.map(each => each.x)).toEqual([Date.UTC(2026, 0, 1, 10, 30), Date.UTC(2026, 0, 2), null]);
    expect((made?.spec.encoding as Record<string, unknown>).x).toMatchObject({
      type: 'temporal',
      scale: { type: 'utc' }
    });
  });

  it.each([
    'a.b',
    'a[0]',
    "it's",
    '"',
    '\\',
    '',
    ' ',
    '__proto__',
    'url',
    'image',
    'datum',
    'x',
    "'];alert(1)//"
  ])('takes %j as the name of a column', name => {
    const table = tableOf(
      [
        { name, type: 'number' },
        { name: 'other', type: 'number' }
      ],
      [[1, 2]]
    );
    const made = chartSpec(chart({ type: 'scatter', x: name, y: 'other' }), table, OPTIONS);
    expect(made?.spec.data).toEqual({ values: [{ x: 1, y: 2 }] });
    expect((made?.spec.encoding as Record<string, unknown>).x).toMatchObject({ field: 'x', title: name });
  });

  it('draws nothing when the table lacks a field', () => {
    expect(chartSpec(chart({ y: 'gone' }), SCORES, OPTIONS)).toBeNull();
    expect(chartSpec(chart({ color: 'gone' }), SCORES, OPTIONS)).toBeNull();
  });

  it('draws objects as text', () => {
    const table = tableOf(
      [
        { name: 'o', type: 'other' },
        { name: 'n', type: 'integer' }
      ],
      [[{ signal: 'x', image: 'https://evil.example/x.png' }, 1]]
    );
    const made = chartSpec(chart({ x: 'o', y: 'n' }), table, OPTIONS);
    const { values } = made?.spec.data as { values: { x: unknown }[] };
    expect(typeof values[0]?.x).toBe('string');
  });
});

describe('embedOptions', () => {
  it('shows no menu, makes no code of text, and uses a canvas for many marks', () => {
    const many = tableOf(
      SCORES.columns,
      Array.from({ length: 2000 }, (_, n) => [String(n), n, n])
    );
    const few = chartSpec(chart({ type: 'scatter' }), SCORES, OPTIONS)?.spec ?? {};
    const lots = chartSpec(chart({ type: 'scatter', x: 'fold' }), many, OPTIONS)?.spec ?? {};
    expect(embedOptions(few)).toMatchObject({ renderer: 'svg', actions: false, ast: true, tooltip: false });
    expect(embedOptions(lots).renderer).toBe('canvas');
  });
});
