/** What is being typed at the caret: a command at the start of a line, or a mention. */
export interface IToken {
  readonly kind: 'command' | 'mention';
  /** Where it begins, with its sign. */
  readonly start: number;
  readonly end: number;
  /** What was typed behind the sign. */
  readonly word: string;
  /** A command stands before it on its line. */
  readonly argument: boolean;
}

const FENCE = /^ {0,3}(```|~~~)/gm;

/** The token that ends at the caret; `null` when there is none, and within code. */
export function tokenAt(text: string, caret: number): IToken | null {
  const before = text.slice(0, caret);
  if ((before.match(FENCE)?.length ?? 0) % 2 === 1) {
    return null;
  }
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const command = /^\/([a-z]*)$/.exec(line);
  if (command) {
    return { kind: 'command', ...span(caret, command[1] ?? ''), argument: false };
  }
  const mention = /(?:^|\s)@([^\s@]*)$/.exec(line);
  return mention && { kind: 'mention', ...span(caret, mention[1] ?? ''), argument: /^\/[a-z]+\s/.test(line) };
}

function span(caret: number, word: string): { start: number; end: number; word: string } {
  return { start: caret - word.length - 1, end: caret, word };
}
