import * as React from 'react';

import type { Branch, Version } from '../../api/schema';
import { freeName, named } from '../../branches/rows';
import { focusOnce } from '../../chats/notices';
import { Button } from '../../components/button';
import { ErrorMark } from '../../components/marks';
import { clock } from '../../components/times';
import { useTrans } from '../../components/trans';

interface IBranchFormProps {
  version: Version;
  /** Those that there are: their names are taken. */
  branches: readonly Branch[];
  /** Make it; answers with why it cannot be made. */
  onCreate(name: string): Promise<string | null>;
  onClose(): void;
}

/** Asks what a new branch is called, which begins with a version. */
export function BranchForm({ version, branches, onCreate, onClose }: IBranchFormProps): React.JSX.Element {
  const trans = useTrans();
  const [name, setName] = React.useState(() => suggested(version, branches));
  const [busy, setBusy] = React.useState(false);
  const [problem, setProblem] = React.useState<string | null>(null);
  const id = React.useId();
  const clash = named(branches, name) !== undefined;
  const create = async () => {
    if (!busy && !clash && name.trim()) {
      setBusy(true);
      const reason = await onCreate(name.trim());
      setBusy(false);
      setProblem(reason);
    }
  };
  return (
    <form
      className="jps-Card jps-mod-here jps-Pane-question"
      aria-labelledby={id}
      onSubmit={event => {
        event.preventDefault();
        void create();
      }}
      onKeyDown={event => {
        if (event.key === 'Escape' && !event.nativeEvent.isComposing) {
          event.preventDefault();
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <label id={id} className="jps-Edit-label">
        {trans.__('New branch from the version of %1', clock(version.created_at))}
        <input
          ref={selectOnce}
          className="jps-Field"
          value={name}
          maxLength={200}
          autoComplete="off"
          aria-invalid={clash}
          onChange={event => {
            setName(event.target.value);
            setProblem(null);
          }}
        />
      </label>
      {(clash || problem !== null) && (
        <p className="jps-Wrong" role="alert">
          <ErrorMark />
          <span>
            {clash ? trans.__('This name is taken. Free: %1', freeName(branches, name.trim())) : problem}
          </span>
        </p>
      )}
      <div className="jps-Actions">
        <Button look="primary" type="submit" disabled={busy || clash || !name.trim()}>
          {trans.__('Make branch')}
        </Button>
        <Button onClick={onClose}>{trans.__('Cancel')}</Button>
      </div>
    </form>
  );
}

/** A name for a branch: "as-sent" for a version of that name, else "from-14-08". */
export function suggested({ name, created_at }: Version, branches: readonly Branch[]): string {
  const words = (name ?? '').toLocaleLowerCase().match(/[\p{L}\p{N}]+/gu);
  const wanted = words ? words.join('-').slice(0, 60) : `from-${clock(created_at).replace(':', '-')}`;
  return named(branches, wanted) ? freeName(branches, wanted) : wanted;
}

function selectOnce(field: HTMLInputElement | null): void {
  focusOnce(field);
  field?.select();
}
