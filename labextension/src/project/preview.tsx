import { caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { PromptPart, Session } from '../api/schema';
import { Select } from '../components/select';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import type { ProjectPageModel } from './model';

/** The whole prompt that a session's model gets, part by part. */
export function Preview(props: { model: ProjectPageModel; sessions: readonly Session[] }): React.JSX.Element {
  const { model, sessions } = props;
  const trans = useTrans();
  const id = React.useId();
  useModel(model);
  const { preview, previewError, previewOf } = model;
  return (
    <section>
      <div className="jps-Form-label">
        <h2>{trans.__('Prompt')}</h2>
        <span className="jps-mod-muted">{trans.__('What the model is told, in this order')}</span>
        <label htmlFor={id} className="jps-Unseen">
          {trans.__('Session whose prompt is shown')}
        </label>
        <Select
          id={id}
          className="jps-Prompt-session"
          value={previewOf ?? ''}
          onChange={event => model.showPromptOf(event.target.value || null)}
        >
          <option value="">{trans.__('A new session')}</option>
          {sessions.map(each => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </Select>
      </div>
      {previewError !== null && (
        <p className="jps-Wrong" role="alert">
          {previewError}
        </p>
      )}
      {preview && (
        <>
          <div className="jps-Box jps-Prompt">
            {preview.parts.map((part, index) => (
              <Part key={`${part.kind} ${index}`} part={part} />
            ))}
          </div>
          <p className="jps-mod-muted">
            {trans._n(
              '%2 characters in all, and %1 tool: %3',
              '%2 characters in all, and %1 tools: %3',
              preview.tools.length,
              preview.characters.toLocaleString(),
              preview.tools.join(', ')
            )}
          </p>
        </>
      )}
    </section>
  );
}

function Part({ part }: { part: PromptPart }): React.JSX.Element {
  const trans = useTrans();
  const count = Array.from(part.text).length;
  return (
    <details className="jps-Prompt-part">
      <summary>
        <caretRightIcon.react tag="span" className="jps-Icon jps-mod-small" />
        <span>{part.title}</span>
        <span className="jps-mod-muted">
          {trans._n('%2 character', '%2 characters', count, count.toLocaleString())}
        </span>
      </summary>
      <pre tabIndex={0} aria-label={part.title}>
        {part.text}
      </pre>
    </details>
  );
}
