import type { TranslationBundle } from '@jupyterlab/translation';

import type { Dependency, Disposition, NewDependency, Session } from '../../api/schema';

/** A field of a session's disposition that one can depend on. */
export interface IChoiceField {
  name: string;
  values: readonly (string | number | boolean)[];
}

/** How a dependency stands: the same words as the server's. */
export interface IStand {
  state: Dependency['state'] | 'unknown';
  /** What was decided, when anything was. */
  actual?: unknown;
}

/** The fields that have one of a few values: enumerated ones, and yes or no. */
export function choiceFields({ json_schema: schema }: Disposition): IChoiceField[] {
  const properties = schema?.properties;
  if (typeof properties !== 'object' || properties === null) {
    return [];
  }
  return Object.entries(properties as Record<string, IProperty | boolean | null>)
    .map(([name, property]) => ({ name, values: valuesOf(property) }))
    .filter(field => field.values.length > 0);
}

interface IProperty {
  type?: unknown;
  enum?: unknown;
  const?: unknown;
}

function valuesOf(property: IProperty | boolean | null): (string | number | boolean)[] {
  if (typeof property !== 'object' || property === null) {
    return [];
  }
  if (Array.isArray(property.enum)) {
    return property.enum.filter(isPlain);
  }
  return isPlain(property.const) ? [property.const] : property.type === 'boolean' ? [true, false] : [];
}

/** How a dependency stands now, from what is known here. */
export function standOf(
  { session_id, kind, field, value }: NewDependency,
  sessions: readonly Session[],
  disposition: Disposition | undefined
): IStand {
  const upstream = sessions.find(each => each.id === session_id);
  if (!upstream) {
    return { state: 'gone' };
  }
  if (kind === 'complete') {
    return { state: upstream.key_result_count > 0 || upstream.decided ? 'met' : 'waiting' };
  }
  if (!disposition) {
    return { state: 'unknown' };
  }
  const actual = field === null ? undefined : disposition.value?.[field];
  if (actual === undefined || actual === null) {
    return { state: 'waiting' };
  }
  return { state: actual === value ? 'met' : 'contradicted', actual };
}

/** Name of the session that another one needs already, so that needing that one would make a cycle. */
export function cycleThrough(
  session: string | null,
  other: string,
  sessions: readonly Session[]
): string | null {
  if (session === null) {
    return null;
  }
  const byId = new Map(sessions.map(each => [each.id, each]));
  const seen = new Set<string>();
  const open = [other];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const { session_id } of byId.get(id)?.dependencies ?? []) {
      if (session_id === session) {
        return byId.get(session)?.name ?? '';
      }
      if (!seen.has(session_id)) {
        seen.add(session_id);
        open.push(session_id);
      }
    }
  }
  return null;
}

/** A value as people read it. */
export function valueText(trans: TranslationBundle, value: unknown): string {
  if (typeof value === 'boolean') {
    return value ? trans.__('yes') : trans.__('no');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The state in few words: "Met", "Not met: high". */
export function standText(trans: TranslationBundle, { state, actual }: IStand): string {
  switch (state) {
    case 'met':
      return trans.__('Met');
    case 'contradicted':
      return trans.__('Not met: %1', valueText(trans, actual));
    case 'gone':
      return trans.__('Not met: deleted');
    case 'waiting':
      return trans.__('Not met yet');
    case 'unknown':
      return '';
  }
}

/** Why a session cannot start with a dependency that stands like this; `null` when it can. */
export function blockedText(
  trans: TranslationBundle,
  dependency: NewDependency,
  stand: IStand,
  name: string
): string | null {
  const { kind, field } = dependency;
  const value = valueText(trans, dependency.value);
  switch (stand.state) {
    case 'met':
    case 'unknown':
      return null;
    case 'gone':
      return trans.__('Cannot start: a session that it needs was deleted.');
    case 'contradicted':
      return trans.__(
        'Cannot start: %1 decided %2, this session needs %3.',
        name,
        `${field ?? ''} = ${valueText(trans, stand.actual)}`,
        value
      );
    case 'waiting':
      return kind === 'complete'
        ? trans.__('Cannot start yet: %1 has no key result and no disposition.', name)
        : trans.__(
            'Cannot start yet: %1 has not decided %2. This session needs %3.',
            name,
            field ?? '',
            value
          );
  }
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
