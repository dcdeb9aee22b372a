import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import { JsonProblem, parseJson, printJson } from '../json';

const trans = nullTranslator.load('jupyter_sessions');

function problem(text: string): string {
  try {
    parseJson(trans, text);
  } catch (error) {
    if (error instanceof JsonProblem) {
      return `${error.line}: ${error.message}`;
    }
    throw error;
  }
  return '';
}

describe('JSON with lines', () => {
  const text = `{
  "type": "object",
  "properties": {
    "best": {
      "enum": ["a",
               "b"]
    },
    "auc": {"type": "number",
            "maximum": "1"}
  }
}`;

  it('reads what JSON.parse reads', () => {
    for (const each of [text, '[]', ' {"a": [1, -2.5e3, true, null, "\\u00e4\\n"], "": {}} ', '"x"', '0']) {
      expect(parseJson(trans, each).value).toEqual(JSON.parse(each));
    }
  });

  it('knows the line of every part, and of what is nearest to one that is not there', () => {
    const { lineOf } = parseJson(trans, text);
    expect(lineOf(['properties', 'auc', 'maximum'])).toBe(9);
    expect(lineOf(['properties', 'auc', 'minimum'])).toBe(8);
    expect(lineOf(['properties', 'best', 'enum', 1])).toBe(6);
    expect(lineOf(['properties', 'best', 'enum', '1'])).toBe(6);
    expect(lineOf(['nowhere'])).toBe(1);
  });

  it('says what is wrong, and in which line', () => {
    expect(problem('{\n  "a": 1\n  "b": 2\n}')).toBe('2: a comma or } was expected, not “"”.');
    expect(problem('{"a": 1,\n}')).toBe('2: a name in double quotes was expected, not “}”.');
    expect(problem('{\n"a" 1}')).toBe('2: a colon was expected after “a”, not “1”.');
    expect(problem('{"a":\n yes}')).toBe('2: yes must stand in double quotes.');
    expect(problem('{"a": "x')).toBe('1: this text in quotes has no end, or a wrong \\ in it.');
    expect(problem('{"a": 1} x')).toBe('1: nothing more was expected, not “x”.');
    expect(problem('{"a": [1, 2')).toBe('1: a comma or ] was expected, not the end.');
    expect(problem('{"a": 01}')).toBe('1: a value was expected, not “0”.');
    expect(problem('{"a": 1,\n"a": 2}')).toBe('2: “a” is there twice.');
    expect(problem('['.repeat(10_000))).toContain('deeper than 50 levels');
    expect(problem(`"${'x'.repeat(200_000)}"`)).toContain('longer than');
  });

  it('takes no name for more than a name', () => {
    const { value } = parseJson(trans, '{"__proto__": {"polluted": 1}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('JSON for people', () => {
  it('keeps in one line what fits, and says the same', () => {
    const value = { type: 'object', required: ['ship'], properties: { ship: { type: 'boolean' } } };
    expect(printJson(value)).toBe(`{
  "type": "object",
  "required": ["ship"],
  "properties": {"ship": {"type": "boolean"}}
}`);
    expect(printJson(value, 24)).toContain('"properties": {\n    "ship": {\n');
    expect(JSON.parse(printJson(value, 8))).toEqual(value);
  });
});
