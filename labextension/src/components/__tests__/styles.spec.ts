import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const FOLDER = join(import.meta.dirname, '../../../style');

interface IRule {
  file: string;
  selector: string;
  declarations: string;
}

/** The rules of a file that hold everywhere: without those of its at-rules. */
function rulesOf(file: string): IRule[] {
  const text = readFileSync(join(FOLDER, file), 'utf8').replace(/\/\*.*?\*\//gs, '');
  const plain = text.replace(/@[^{}]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, '');
  return [...plain.matchAll(/([^{}]+)\{([^{}]*)\}/g)].flatMap(([, selectors = '', declarations = '']) =>
    selectors.split(/,(?![^(]*\))/).map(each => ({ file, selector: each.trim(), declarations }))
  );
}

const rules = readdirSync(FOLDER)
  .filter(each => each.endsWith('.css'))
  .flatMap(rulesOf);

const names = ({ declarations }: IRule) =>
  [...declarations.matchAll(/^\s*([\w-]+):/gm)].map(([, name = '']) => name);

describe('the style sheets', () => {
  it('say what one selector means in one file: which of them is loaded last is left to chance', () => {
    const first = new Map<string, string>();
    const clashes = rules.flatMap(rule =>
      names(rule).flatMap(name => {
        const key = `${rule.selector} { ${name} }`;
        const before = first.get(key) ?? rule.file;
        first.set(key, before);
        return before === rule.file ? [] : [`${key}: ${before}, ${rule.file}`];
      })
    );
    expect(clashes).toEqual([]);
  });

  it('set the type of code against the themes, which come last and set it for every page', () => {
    const weak = rules.filter(
      ({ selector, declarations }) =>
        /^(pre)?\.[\w-]+( >)? (code|pre|kbd|samp)$/.test(selector) &&
        /\bfont(-size|-family)?:/.test(declarations)
    );
    expect(weak.map(({ selector }) => selector)).toEqual([]);
  });
});
