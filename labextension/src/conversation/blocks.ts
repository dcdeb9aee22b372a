const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const LIST = /^([-*+]|\d+[.)])\s/;

/** Markdown that is still being written, cut at blank lines outside of code: all blocks but the last are finished. */
export function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let lines: string[] = [];
  let fence = '';
  for (const line of text.split('\n')) {
    const starts = /^\S/.test(line) && !LIST.test(line);
    if (!fence && starts && lines.length > 0 && lines.at(-1)?.trim() === '') {
      blocks.push(lines.join('\n'));
      lines = [];
    }
    lines.push(line);
    const mark = FENCE.exec(line)?.[1];
    if (mark && !fence) {
      fence = mark;
    } else if (mark?.startsWith(fence) && line.trim() === mark) {
      fence = '';
    }
  }
  blocks.push(lines.join('\n'));
  return blocks;
}
