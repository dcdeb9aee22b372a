import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ApiError, Unreachable } from '../../../api/request';
import { type Check, pathOf, SchemaDraft } from '../draft';
import type { JsonObject } from '../json';

const RISK = { type: 'object', properties: { risk: { type: 'string', enum: ['LOW', 'HIGH'] } } };

const accept: Check = schema => Promise.resolve({ json_schema: schema, short: null });
const refuse: Check = () =>
  Promise.reject(
    new ApiError(400, 'invalid', 'maximum must be a number, not "1"', {
      path: ['properties', 'auc', 'maximum']
    })
  );

function make(value: JsonObject | null, check: Check = accept) {
  const told: [JsonObject | null, boolean][] = [];
  const draft = new SchemaDraft(value, {
    trans: nullTranslator.load('jupyter_sessions'),
    check,
    onChange: (schema, valid) => told.push([schema, valid]),
    width: 64
  });
  return { draft, told };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a draft', () => {
  it('holds rows back while the text is not JSON', () => {
    const { draft, told } = make(RISK);
    draft.show('text');
    draft.setText('{\n"type": \n');
    expect(draft.problem).toMatchObject({ line: 3 });
    expect(draft.canShowRows).toBe(false);
    draft.show('rows');
    expect(draft.mode).toBe('text');
    expect(told.at(-1)).toEqual([RISK, false]);
  });

  it('takes the short form by what the server makes of it', async () => {
    const { draft, told } = make(null, () =>
      Promise.resolve({ json_schema: RISK, short: { risk: 'LOW|HIGH' } })
    );
    draft.show('text');
    draft.setText('{"risk": "LOW|HIGH"}');
    expect(told.at(-1)?.[1]).toBe(false);
    await vi.runAllTimersAsync();
    expect(told.at(-1)).toEqual([RISK, true]);
    draft.show('rows');
    expect(draft.rows?.fields[0]).toMatchObject({ name: 'risk', type: 'enum', detail: 'LOW, HIGH' });
  });

  it('says the line that the server means', async () => {
    const { draft, told } = make(null, refuse);
    draft.show('text');
    draft.setText('{"type": "object",\n"properties": {\n"auc": {"type": "number",\n"maximum": "1"}}}');
    await vi.runAllTimersAsync();
    expect(draft.problem).toEqual({ message: 'maximum must be a number, not "1"', line: 4, field: 'auc' });
    expect(draft.canShowRows).toBe(false);
    expect(told.at(-1)?.[1]).toBe(false);
  });

  it('puts the server’s objection to a row beside it', async () => {
    const { draft, told } = make(null, refuse);
    const { id } = draft.addField();
    draft.setField(id, { name: 'auc', type: 'number' });
    expect(told.at(-1)?.[1]).toBe(true);
    await vi.runAllTimersAsync();
    expect(draft.problem?.field).toBe('auc');
    expect(told.at(-1)?.[1]).toBe(false);
  });

  it('is not held up by a server that does not answer', async () => {
    const { draft, told } = make(null, () => Promise.reject(new Unreachable('gone')));
    draft.show('text');
    draft.setText(JSON.stringify(RISK));
    await vi.runAllTimersAsync();
    expect(told.at(-1)).toEqual([RISK, true]);
  });

  it('forgets an answer that comes after more typing', async () => {
    let answer: (value: { json_schema: JsonObject; short: null }) => void = () => undefined;
    const { draft, told } = make(null, () => new Promise(resolve => (answer = resolve)));
    draft.show('text');
    draft.setText(JSON.stringify(RISK));
    await vi.runAllTimersAsync();
    draft.setText('{');
    answer({ json_schema: RISK, short: null });
    await vi.runAllTimersAsync();
    expect(told.at(-1)?.[1]).toBe(false);
    expect(draft.problem).not.toBeNull();
  });

  it('moves, removes and names rows', () => {
    const { draft, told } = make({ type: 'object', properties: { a: {}, b: { type: 'boolean' } } });
    const [a, b] = draft.rows?.fields ?? [];
    draft.moveField(b?.id ?? 0, 0);
    expect(Object.keys(told.at(-1)?.[0]?.properties ?? {})).toEqual(['b', 'a']);
    draft.removeField(a?.id ?? 0);
    draft.setField(b?.id ?? 0, { name: '' });
    expect(told.at(-1)).toEqual([null, false]);
    draft.removeField(b?.id ?? 0);
    expect(told.at(-1)).toEqual([null, true]);
  });

  it('takes a new schema from outside, and keeps what it told itself', () => {
    const { draft, told } = make(null);
    const { id } = draft.addField();
    draft.setField(id, { name: 'ok', type: 'boolean' });
    draft.addField();
    draft.receive(told.at(-1)?.[0] ?? null);
    expect(draft.rows?.fields).toHaveLength(2);
    draft.receive(RISK);
    expect(draft.rows?.fields.map(each => each.name)).toEqual(['risk']);
  });
});

describe('the path of an error', () => {
  it('is a list or a pointer', () => {
    expect(pathOf(['a', 0])).toEqual(['a', 0]);
    expect(pathOf('/properties/a~1b')).toEqual(['properties', 'a/b']);
    expect(pathOf(undefined)).toBeNull();
  });
});
