import { addIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Disposition, NewDependency, Session } from '../../api/schema';
import { Button } from '../button';
import { useTrans } from '../trans';
import { nameOf, RemoveButton, Row, Stand } from './row';
import { choiceFields, cycleThrough, standOf, valueText } from './states';

export interface IDependenciesEditorProps {
  /** For a sidebar of 250 px. */
  compact?: boolean;
  /** The session that needs the others; `null`: it is not made yet. */
  session: string | null;
  value: readonly NewDependency[];
  /** The sessions of the project. */
  sessions: readonly Session[];
  schemaOf(session: string): Promise<Disposition>;
  onChange(value: NewDependency[]): void;
}

/** What a session needs of others before it can start. */
export function DependenciesEditor(props: IDependenciesEditorProps): React.JSX.Element {
  const { compact = false, session, value, sessions } = props;
  const trans = useTrans();
  const list = React.useRef<HTMLDivElement>(null);
  const [open, setOpen] = React.useState<number | null>(null);
  const dispositions = useDispositions(value, sessions, props.schemaOf);
  const free = sessions.filter(
    each => each.id !== session && cycleThrough(session, each.id, sessions) === null
  );
  const next = free.find(each => !value.some(used => used.session_id === each.id));
  const later = (selector: string) =>
    window.requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(selector)?.focus());
  const add = () => {
    if (next) {
      props.onChange([...value, { session_id: next.id, kind: 'complete', field: null, value: null }]);
      setOpen(value.length);
      later('[role=listitem]:last-child button');
    }
  };
  const remove = (index: number) => {
    props.onChange(value.filter((_, each) => each !== index));
    setOpen(null);
    later('.jps-Depends-add');
  };
  return (
    <div className={`jps-Depends${compact ? ' jps-mod-compact' : ''}`}>
      <div className="jps-Form-label">
        <b>{trans.__('Depends on')}</b>
        {!compact && (
          <span className="jps-mod-muted">
            {trans.__('Key results and decisions of these sessions go into the prompt')}
          </span>
        )}
      </div>
      <div ref={list} className="jps-Box">
        <div role="list" aria-label={trans.__('Dependencies')}>
          {value.map((dependency, index) => {
            const disposition = dispositions.get(dependency.session_id);
            const shared = {
              dependency,
              sessions,
              session,
              used: value.filter(each => each !== dependency).map(each => each.session_id),
              fields: disposition ? choiceFields(disposition) : null,
              stand: standOf(dependency, sessions, disposition),
              onChange: (changed: NewDependency) =>
                props.onChange(value.map((each, place) => (place === index ? changed : each))),
              onRemove: () => remove(index)
            };
            return (
              <div role="listitem" key={index}>
                {compact && index !== open ? (
                  <ClosedRow {...shared} onOpen={() => setOpen(index)} />
                ) : (
                  <Row {...shared} />
                )}
              </div>
            );
          })}
        </div>
        <Button
          look="flat"
          icon={addIcon}
          className="jps-Depends-add"
          disabled={!next}
          title={next ? undefined : trans.__('There is no other session that it could need.')}
          onClick={add}
        >
          {trans.__('Add dependency')}
        </Button>
      </div>
    </div>
  );
}

/** One dependency in few words, which opens when it is pressed. */
function ClosedRow(row: React.ComponentProps<typeof Row> & { onOpen(): void }): React.JSX.Element {
  const { dependency, sessions, stand } = row;
  const trans = useTrans();
  const name = nameOf(sessions, dependency.session_id) ?? trans.__('Deleted session');
  const what =
    dependency.kind === 'complete'
      ? trans.__('is complete')
      : `${dependency.field ?? ''} = ${valueText(trans, dependency.value)}`;
  return (
    <div className="jps-Depends-closed">
      <Stand stand={stand} short />
      <button
        type="button"
        aria-label={trans.__('Edit the dependency on %1: %2', name, what)}
        title={`${name}: ${what}`}
        onClick={row.onOpen}
      >
        <span>{name}</span>
        <span className="jps-mod-muted">{what}</span>
      </button>
      <RemoveButton name={name} onRemove={row.onRemove} />
    </div>
  );
}

/** The dispositions of the sessions that are needed, read once, and again when they change. */
export function useDispositions(
  value: readonly NewDependency[],
  sessions: readonly Session[],
  schemaOf: (session: string) => Promise<Disposition>
): ReadonlyMap<string, Disposition> {
  const [known, setKnown] = React.useState<ReadonlyMap<string, Disposition>>(new Map());
  const versions = value
    .map(({ session_id }) => sessions.find(each => each.id === session_id))
    .filter(each => each !== undefined)
    .map(each => `${each.id} ${each.last_seq} ${String(each.decided)} ${String(each.has_schema)}`);
  const wanted = [...new Set(versions)].join('\n');
  const asked = React.useRef(new Map<string, string>());
  const newest = React.useRef(new Map<string, number>());
  React.useEffect(() => {
    for (const line of wanted.split('\n').filter(each => each !== '')) {
      const id = line.split(' ')[0] ?? '';
      if (asked.current.get(id) === line) {
        continue;
      }
      asked.current.set(id, line);
      const seq = Number(line.split(' ')[1]);
      schemaOf(id).then(
        disposition => {
          // While the session works, its next event comes before the answer: an older one is better than none.
          if (seq >= (newest.current.get(id) ?? 0)) {
            newest.current.set(id, seq);
            setKnown(before => new Map(before).set(id, disposition));
          }
        },
        (reason: unknown) => {
          asked.current.delete(id);
          console.warn('jupyter-sessions: a disposition could not be read', reason);
        }
      );
    }
  }, [wanted]);
  return known;
}
