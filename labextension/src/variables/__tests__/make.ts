import type { Variable } from '../../api/schema';

/** A variable as the server gives it. */
export function variable(name: string, patch: Partial<Variable> = {}): Variable {
  return { name, type: 'int', shape: '', size: 28, summary: '1', ...patch };
}
