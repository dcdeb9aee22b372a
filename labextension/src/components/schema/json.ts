import type { TranslationBundle } from '@jupyterlab/translation';

export type JsonObject = Record<string, unknown>;

/** Longer texts are no schema, and would make typing slow. */
const MAX_TEXT = 100_000;
const MAX_DEPTH = 50;
const SPACE = /[ \t\r\n]*/y;
const STRING = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"/y;
const PLAIN = /-?\d[\w.+-]*|[A-Za-z]+/y;

/** Text that is not JSON: the line, and a sentence without it. */
export class JsonProblem extends Error {
  constructor(
    readonly line: number,
    message: string
  ) {
    super(message);
  }
}

/** A value with the line of each of its parts. */
export interface IParsed {
  readonly value: unknown;
  /** Line of the part at a path, or of the nearest part around it; counted from 1. */
  lineOf(path: readonly (string | number)[]): number;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parse JSON and remember the lines; throws a `JsonProblem`. */
export function parseJson(trans: TranslationBundle, text: string): IParsed {
  if (text.length > MAX_TEXT) {
    throw new JsonProblem(1, trans.__('This is longer than %1 characters.', MAX_TEXT.toLocaleString()));
  }
  const reader = new Reader(trans, text);
  const value = reader.whole();
  return {
    value,
    lineOf: path => {
      for (let length = path.length; length > 0; length -= 1) {
        const line = reader.lines.get(keyOf(path.slice(0, length)));
        if (line !== undefined) {
          return line;
        }
      }
      return reader.lines.get(keyOf([])) ?? 1;
    }
  };
}

function keyOf(path: readonly (string | number)[]): string {
  // A server counts "0", we may hold 0.
  return JSON.stringify(path.map(String));
}

class Reader {
  readonly lines = new Map<string, number>();

  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _text: string
  ) {}

  whole(): unknown {
    const value = this._value([]);
    this._skip();
    if (this._at < this._text.length) {
      throw this._problem(this._trans.__('nothing more was expected, not %1.', this._found()));
    }
    return value;
  }

  private _value(path: (string | number)[]): unknown {
    this._skip();
    if (!this.lines.has(keyOf(path))) {
      this.lines.set(keyOf(path), this._line());
    }
    if (path.length > MAX_DEPTH) {
      throw this._problem(this._trans.__('this lies deeper than %1 levels.', MAX_DEPTH));
    }
    switch (this._text[this._at]) {
      case '{':
        return this._object(path);
      case '[':
        return this._array(path);
      case '"':
        return this._string();
      default:
        return this._plain();
    }
  }

  private _object(path: (string | number)[]): JsonObject {
    const entries: [string, unknown][] = [];
    const seen = new Set<string>();
    this._list('}', () => {
      this._skip();
      const line = this._line();
      if (this._text[this._at] !== '"') {
        throw this._problem(this._trans.__('a name in double quotes was expected, not %1.', this._found()));
      }
      const name = this._string();
      if (seen.has(name)) {
        throw new JsonProblem(line, this._trans.__('“%1” is there twice.', name));
      }
      seen.add(name);
      this._skip();
      if (this._text[this._at] !== ':') {
        throw this._problem(this._trans.__('a colon was expected after “%1”, not %2.', name, this._found()));
      }
      this._at += 1;
      this.lines.set(keyOf([...path, name]), line);
      entries.push([name, this._value([...path, name])]);
    });
    return Object.fromEntries(entries);
  }

  private _array(path: (string | number)[]): unknown[] {
    const items: unknown[] = [];
    this._list(']', () => items.push(this._value([...path, items.length])));
    return items;
  }

  /** What stands between brackets, with commas. */
  private _list(end: string, item: () => void): void {
    this._at += 1;
    this._skip();
    if (this._text[this._at] === end) {
      this._at += 1;
      return;
    }
    for (;;) {
      item();
      const before = this._at;
      this._skip();
      const next = this._text[this._at];
      if (next === end) {
        this._at += 1;
        return;
      }
      if (next !== ',') {
        const found = this._found();
        this._at = before;
        throw this._problem(this._trans.__('a comma or %1 was expected, not %2.', end, found));
      }
      this._at += 1;
    }
  }

  private _string(): string {
    const found = this._match(STRING);
    try {
      return JSON.parse(found) as string;
    } catch {
      throw this._problem(this._trans.__('this text in quotes has no end, or a wrong \\ in it.'));
    }
  }

  private _plain(): unknown {
    const at = this._at;
    const found = this._match(PLAIN);
    try {
      return JSON.parse(found) as unknown;
    } catch {
      this._at = at;
      throw this._problem(
        /^[A-Za-z]/.test(found)
          ? this._trans.__('%1 must stand in double quotes.', found)
          : this._trans.__('a value was expected, not %1.', this._found())
      );
    }
  }

  private _skip(): void {
    this._match(SPACE);
  }

  private _match(pattern: RegExp): string {
    pattern.lastIndex = this._at;
    const found = pattern.exec(this._text)?.[0] ?? '';
    this._at += found.length;
    return found;
  }

  private _found(): string {
    const next = this._text.slice(this._at).trimStart();
    return next === '' ? this._trans.__('the end') : `“${Array.from(next)[0] ?? ''}”`;
  }

  private _problem(message: string): JsonProblem {
    return new JsonProblem(this._line(), message);
  }

  /** The line of the place reached, counted on from the last time. */
  private _line(): number {
    if (this._at < this._counted.at) {
      this._counted = { at: 0, line: 1 };
    }
    for (let at = this._counted.at; at < this._at; at += 1) {
      if (this._text[at] === '\n') {
        this._counted.line += 1;
      }
    }
    this._counted.at = this._at;
    return this._counted.line;
  }

  private _at = 0;
  private _counted = { at: 0, line: 1 };
}

/** JSON for people: what fits stands in one line, the outermost braces never do. */
export function printJson(value: unknown, width = 64): string {
  return print(value, '', 0, width, true);
}

function print(value: unknown, indent: string, lead: number, width: number, broken = false): string {
  const flat = inline(value);
  const entries = Array.isArray(value)
    ? value.map((each: unknown) => ['', each] as const)
    : isObject(value)
      ? Object.entries(value).map(([name, each]) => [`${JSON.stringify(name)}: `, each] as const)
      : [];
  if (entries.length === 0 || (!broken && indent.length + lead + flat.length <= width)) {
    return flat;
  }
  const inner = `${indent}  `;
  const lines = entries.map(([name, each]) => `${inner}${name}${print(each, inner, name.length + 1, width)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(inline).join(', ')}]`;
  }
  if (isObject(value)) {
    const parts = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${inline(each)}`);
    return `{${parts.join(', ')}}`;
  }
  return JSON.stringify(value);
}
