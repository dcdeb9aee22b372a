import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ToolInfo } from '../api/schema';
import { ErrorMark } from '../components/marks';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import type { ProjectPageModel } from './model';

type Group = ToolInfo['group'];

/** The tools that sessions of the project may use; a switch counts at once. */
export function Tools({ model }: { model: ProjectPageModel }): React.JSX.Element {
  const trans = useTrans();
  const id = React.useId();
  useModel(model);
  const { tools, enabled } = model;
  const groups = Object.entries(groupNames(trans)).map(
    ([group, name]) => [name, tools.filter(tool => tool.group === group)] as const
  );
  return (
    <section>
      <div className="jps-Form-label">
        <h2>{trans.__('Tools')}</h2>
        <span className="jps-mod-muted">
          {trans.__('What the agent may use. Counts from the next message.')}
        </span>
      </div>
      {model.toolsError !== null && (
        <p className="jps-Wrong" role="alert">
          <ErrorMark />
          <span>{model.toolsError}</span>
        </p>
      )}
      <div className="jps-Tools">
        {groups
          .filter(([, members]) => members.length > 0)
          .map(([name, members]) => (
            <fieldset key={name}>
              <legend>{name}</legend>
              {members.map(tool => (
                <label key={tool.name}>
                  <input
                    type="checkbox"
                    className="jps-Check"
                    checked={enabled.has(tool.name)}
                    disabled={tool.always}
                    aria-describedby={`${id}-${tool.name}`}
                    onChange={event => model.switchTool(tool.name, event.target.checked)}
                  />
                  <code>{tool.name}</code>
                  <span id={`${id}-${tool.name}`} className="jps-mod-muted">
                    {tool.always ? trans.__('Always on. %1', tool.title) : tool.title}
                  </span>
                </label>
              ))}
            </fieldset>
          ))}
      </div>
    </section>
  );
}

/** What the groups are called, in the order in which they are shown. */
function groupNames(trans: TranslationBundle): Record<Group, string> {
  return {
    files: trans.__('Files'),
    notebooks: trans.__('Notebooks'),
    branches: trans.__('Branches'),
    terminal: trans.__('Terminal'),
    results: trans.__('Results'),
    conversation: trans.__('Conversation')
  };
}
