import { editIcon, folderIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { renameProject } from '../chats/dialogs';
import { IconButton } from '../components/button';
import { ErrorMark } from '../components/marks';
import { Select } from '../components/select';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import { Graph } from './graph';
import { Instructions } from './instructions';
import type { ProjectPageModel } from './model';
import { Preview } from './preview';
import { Sessions } from './sessions';
import { Tools } from './tools';
import { totalsOf, totalsText } from './totals';

export interface IProjectProps {
  model: ProjectPageModel;
  onOpen(session: string): void;
  onNew(): void;
  onCompare(): void;
  onFolder(path: string): void;
}

/** The page of a project: its sessions, what they need, and what they are told. */
export function ProjectView(props: IProjectProps): React.JSX.Element {
  const { model } = props;
  const trans = useTrans();
  useModel(model);
  const list = useModel(model.projects.sessionsOf(model.id));
  const { project } = model;
  if (!project) {
    return (
      <div className="jps-Page-column">
        <p role="status">{trans.__('This project was deleted.')}</p>
      </div>
    );
  }
  return (
    <div className="jps-Page-body jps-Project">
      <div className="jps-Page-column">
        <Head {...props} totals={totalsText(trans, totalsOf(list.items))} />
        {project.folder_state !== 'ok' && (
          <div className="jps-Card jps-mod-error" role="alert">
            <div className="jps-Card-title">{trans.__('Folder not found')}</div>
            <p>
              {trans.__('“%1” was moved or deleted. Logs can be read; the agent cannot work.', project.path)}
            </p>
          </div>
        )}
        {model.error !== null && (
          <p className="jps-Wrong" role="alert">
            <ErrorMark />
            <span>{model.error}</span>
          </p>
        )}
        <Sessions
          sessions={list.items}
          loaded={list.loaded}
          stale={list.staleSince !== null}
          onOpen={props.onOpen}
          onNew={props.onNew}
          onCompare={props.onCompare}
        />
        <Graph sessions={list.items} onOpen={props.onOpen} />
        <Instructions model={model} />
        <Tools model={model} />
        <Preview model={model} sessions={list.items} />
      </div>
    </div>
  );
}

function Head({ model, onFolder, totals }: IProjectProps & { totals: string }): React.JSX.Element | null {
  const trans = useTrans();
  const { project, projects, runtimes } = model;
  if (!project) {
    return null;
  }
  const named = runtimes.some(each => each.id === project.default_runtime);
  return (
    <header>
      <div className="jps-Project-name">
        <h1>{project.name}</h1>
        <IconButton
          icon={editIcon}
          label={trans.__('Rename project')}
          onClick={() => void renameProject(trans, projects, project)}
        />
      </div>
      <div className="jps-Project-facts">
        <button type="button" className="jps-Link" onClick={() => onFolder(project.path)}>
          <folderIcon.react tag="span" className="jps-Icon jps-mod-small" />
          {project.path || trans.__('The root folder')}
        </button>
        <label>
          <span className="jps-mod-muted">{trans.__('Runtime')}</span>
          <Select
            value={project.default_runtime}
            onChange={event => void model.setRuntime(event.target.value)}
          >
            {!named && <option value={project.default_runtime}>{project.default_runtime}</option>}
            {runtimes.map(each => (
              <option key={each.id} value={each.id}>
                {each.display_name}
              </option>
            ))}
          </Select>
        </label>
        <span className="jps-mod-muted">{totals}</span>
      </div>
    </header>
  );
}
