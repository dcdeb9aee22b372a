import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ErrorMark } from '../marks';
import { Segments } from '../segments';
import { useTrans } from '../trans';
import { useModel } from '../../models/observable';
import { CodeField } from './code';
import { type Check, SchemaDraft } from './draft';
import type { JsonObject } from './json';
import { RowsView } from './rows';

/** The short form; not to be translated. */
const EXAMPLE = '{"risk": "LOW|MEDIUM|HIGH", "savings": "Number"}';

export interface ISchemaEditorProps {
  /** For a sidebar of 250 px. */
  compact?: boolean;
  value: JsonObject | null;
  /** Asks the server whether a schema can be used. */
  check: Check;
  /** `valid` is false while there is a mistake, or while the server is asked. */
  onChange(schema: JsonObject | null, valid: boolean): void;
}

/** The schema of a disposition: rows and text are two views of it. */
export function SchemaEditor({
  compact = false,
  value,
  check,
  onChange
}: ISchemaEditorProps): React.JSX.Element {
  const trans = useTrans();
  const id = React.useId();
  const options = { trans, check, onChange, width: compact ? 28 : 76 };
  const [draft] = React.useState(() => new SchemaDraft(value, options));
  React.useLayoutEffect(() => {
    draft.options = options;
    draft.receive(value);
  });
  useModel(draft);
  React.useEffect(() => () => draft.dispose(), [draft]);
  const note = noteOf(trans, draft);
  return (
    <div className={`jps-Schema${compact ? ' jps-mod-compact' : ''}`}>
      <div className="jps-Form-label">
        <b>{trans.__('Disposition')}</b>
        {!compact && (
          <span className="jps-mod-muted">
            {trans.__('What the session must decide at its end. Only values that fit are stored.')}
          </span>
        )}
        <Segments
          label={trans.__('Edit the disposition as')}
          value={draft.mode}
          options={[
            { value: 'rows', label: trans.__('Rows'), disabled: draft.mode === 'text' && !draft.canShowRows },
            { value: 'text', label: trans.__('Text') }
          ]}
          describedBy={id}
          onChange={mode => draft.show(mode)}
        />
      </div>
      {draft.mode === 'rows' ? (
        <RowsView draft={draft} compact={compact} id={id} />
      ) : (
        <CodeField
          value={draft.text}
          label={trans.__('Schema of the disposition, as JSON')}
          wrongLine={draft.problem?.line ?? null}
          placeholder={EXAMPLE}
          describedBy={id}
          onChange={text => draft.setText(text)}
        />
      )}
      <div id={id} role="status">
        {note !== null && !(draft.mode === 'rows' && draft.problem?.field) && (
          <p className="jps-Wrong">
            {draft.problem && <ErrorMark />}
            <span>{note}</span>
          </p>
        )}
      </div>
    </div>
  );
}

function noteOf(trans: TranslationBundle, { problem, mode, rows, checking }: SchemaDraft): string | null {
  if (problem) {
    const { line, message } = problem;
    const where = line === null ? message : trans.__('Line %1: %2', line, message);
    return mode === 'text' ? `${where} ${trans.__('Rows are off until this is valid.')}` : where;
  }
  return rows === null && !checking
    ? trans.__('Rows cannot show a schema of this shape. It is edited as text only.')
    : null;
}
