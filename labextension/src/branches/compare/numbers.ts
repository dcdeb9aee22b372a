type Output = Readonly<Record<string, unknown>>;

/** A number that a cell shows. */
export interface INumber {
  /** What stands before it; empty where it is all that the cell gives. */
  readonly label: string;
  readonly text: string;
}

const NUMBER = String.raw`[-+]?(?:\d[\d_,]*\.?\d*|\.\d+)(?:e[-+]?\d+)?\s?%?`;
/** Also as NumPy shows its own: `np.float64(0.91)`. */
const ALONE = new RegExp(String.raw`^(?:np\.\w+\()?(${NUMBER})\)?$`, 'i');
const LABELLED = new RegExp(String.raw`^([\p{L}_][\p{L}\p{N}_ .%()@²-]{0,39}?)\s*[:=]\s*(${NUMBER})$`, 'iu');
/** Longer texts are logs: nobody looks for a number there. */
const LINES = 40;
/** A line with more characters names no number that one compares, and may take minutes to look through. */
const LONGEST = 200;
const MOST = 12;

/** Numbers in what a cell shows: one alone, and those behind a name, as in "accuracy: 0.91". */
export function numbersOf(outputs: readonly Output[]): INumber[] {
  const found = new Map<string, string>();
  for (const text of outputs.map(textOf)) {
    const lines = text.trim().split('\n');
    if (lines.length > LINES) {
      continue;
    }
    const short = lines.filter(line => line.length <= LONGEST);
    const alone = lines.length === 1 ? ALONE.exec(short[0]?.trim() ?? '') : null;
    if (alone?.[1] !== undefined) {
      found.set('', alone[1]);
    }
    for (const line of short) {
      const [, label, number] = LABELLED.exec(line.trim()) ?? [];
      if (label !== undefined && number !== undefined) {
        found.set(label, number);
      }
    }
  }
  return [...found].slice(0, MOST).map(([label, text]) => ({ label, text }));
}

function textOf({ output_type, name, text, data }: Output): string {
  if (output_type === 'stream') {
    return name === 'stderr' ? '' : joined(text);
  }
  return joined((data as Record<string, unknown> | undefined)?.['text/plain']);
}

function joined(text: unknown): string {
  return Array.isArray(text) ? text.map(String).join('') : typeof text === 'string' ? text : '';
}

/** Numbers of all branches by what they are called: a row each, with a dash where one has none. */
export function numberRows(
  sides: readonly (readonly INumber[])[]
): { label: string; texts: (string | undefined)[] }[] {
  const labels = new Set(sides.flatMap(side => side.map(each => each.label)));
  return [...labels].slice(0, MOST).map(label => ({
    label,
    texts: sides.map(side => side.find(each => each.label === label)?.text)
  }));
}
