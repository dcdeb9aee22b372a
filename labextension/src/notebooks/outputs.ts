import type { ISharedCodeCell, YCodeCell } from '@jupyter/ydoc';
import type { IOutput } from '@jupyterlab/nbformat';

/** Not in the interface, but every cell has it. */
type Appendable = ISharedCodeCell & Partial<Pick<YCodeCell, 'appendStreamOutput'>>;

/** Give a cell these outputs and touch only what differs, so that what is shown does not jump. */
export function setOutputs(cell: Appendable, outputs: readonly IOutput[]): void {
  const old = cell.getOutputs();
  let same = 0;
  while (same < old.length && same < outputs.length && equal(old[same], outputs[same])) {
    same += 1;
  }
  if (cell.appendStreamOutput && same === old.length - 1 && same < outputs.length) {
    const more = appended(old[same], outputs[same]);
    if (more !== null) {
      cell.appendStreamOutput(same, more);
      same += 1;
    }
  }
  if (same < old.length || same < outputs.length) {
    cell.updateOutputs(same, Math.max(same, old.length), outputs.slice(same));
  }
}

/** What was written to a stream since; `null` when it is not the same stream going on. */
function appended(old: IOutput | undefined, now: IOutput | undefined): string | null {
  if (old?.output_type !== 'stream' || now?.output_type !== 'stream' || old.name !== now.name) {
    return null;
  }
  const before = joined(old.text);
  const after = joined(now.text);
  return after.startsWith(before) ? after.slice(before.length) : null;
}

function equal(a: IOutput | undefined, b: IOutput | undefined): boolean {
  if (!a || !b) {
    return a === b;
  }
  if (a.output_type === 'stream' && b.output_type === 'stream') {
    return a.name === b.name && joined(a.text) === joined(b.text);
  }
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(output: IOutput): [string, unknown][] {
  return Object.entries(output).sort(([a], [b]) => (a < b ? -1 : 1));
}

function joined(text: unknown): string {
  return Array.isArray(text) ? text.join('') : typeof text === 'string' ? text : '';
}
