import * as React from 'react';

import { Button } from '../components/button';
import { ErrorMark } from '../components/marks';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import type { ProjectPageModel } from './model';

const LIMIT = 100_000;

/** The project's system prompt: every session of it is told this first. */
export function Instructions({ model }: { model: ProjectPageModel }): React.JSX.Element {
  const trans = useTrans();
  const id = React.useId();
  useModel(model);
  const { draft, project } = model;
  const text = draft?.text ?? project?.system_prompt ?? '';
  // The server counts characters, not units of UTF-16.
  const count = Array.from(text).length;
  const over = count - LIMIT;
  const tooLong = over > 0;
  const changedElsewhere = draft !== null && draft.base !== project?.system_prompt;
  const canSave = draft !== null && !tooLong && !model.saving;
  return (
    <section>
      <div className="jps-Form-label">
        <label htmlFor={id}>
          <h2>{trans.__('System prompt')}</h2>
        </label>
        <span className="jps-mod-muted">{trans.__('Every session of this project is told this first')}</span>
        <span id={`${id}-count`} className={tooLong ? 'jps-Project-over' : 'jps-mod-muted'}>
          {tooLong
            ? trans._n('%2 character too long', '%2 characters too long', over, over.toLocaleString())
            : trans.__('%1 of %2 characters', count.toLocaleString(), LIMIT.toLocaleString())}
        </span>
      </div>
      <textarea
        id={id}
        className="jps-Field jps-mod-text"
        rows={6}
        value={text}
        aria-invalid={tooLong}
        aria-describedby={`${id}-count ${id}-note`}
        placeholder={trans.__('What the project is about, what to take care of, how to report')}
        onChange={event => model.write(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && canSave) {
            event.preventDefault();
            event.stopPropagation();
            void model.saveInstructions();
          }
        }}
      />
      <div className="jps-Actions">
        <Button
          look={canSave ? 'primary' : 'plain'}
          className="jps-mod-tall"
          disabled={!canSave}
          onClick={() => void model.saveInstructions()}
        >
          {trans.__('Save')}
        </Button>
        <Button
          className="jps-mod-tall"
          disabled={draft === null}
          onClick={() => model.write(project?.system_prompt ?? '')}
        >
          {trans.__('Undo changes')}
        </Button>
        {model.draftError !== null && (
          <span className="jps-Wrong" role="alert">
            <ErrorMark />
            <span>{model.draftError}</span>
          </span>
        )}
        <span id={`${id}-note`} className="jps-mod-muted" role="status">
          {changedElsewhere
            ? trans.__('It was changed elsewhere meanwhile. Saving replaces that.')
            : draft !== null
              ? trans.__('Not saved yet.')
              : ''}
        </span>
      </div>
    </section>
  );
}
