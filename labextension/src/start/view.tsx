import { launchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { getDisposition } from '../api/dispositions';
import { checkSchema } from '../api/schemas';
import { Button } from '../components/button';
import { blockedText, DependenciesEditor, standOf, useDispositions } from '../components/dependencies';
import { branchIcon, warningIcon } from '../components/icons';
import { ErrorMark } from '../components/marks';
import { SchemaEditor } from '../components/schema';
import { Select } from '../components/select';
import { useTrans } from '../components/trans';
import type { ModelsModel } from '../models/models';
import { useModel } from '../models/observable';
import type { ProjectsModel } from '../models/projects';
import { BranchSelect } from '../branches/select';
import { ModelSelect } from './choice';
import type { StartModel, StartPlace } from './model';

// Names of keys, as they are written on them.
const CTRL = 'Ctrl';
const ENTER = 'Enter';

export interface IStartProps {
  model: StartModel;
  projects: ProjectsModel;
  models: ModelsModel;
  request: React.RefObject<HTMLTextAreaElement>;
  /** Path below the project of the notebook that the user looks at. */
  notebook(): string | null;
  onMade(session: string): void;
  onCancel(): void;
  onOpen(session: string): void;
  onProject(): void;
  onSetup(): void;
}

/** The form that starts a session: only the request is asked for, all else has a default. */
export function StartView(props: IStartProps): React.JSX.Element {
  const { model, projects } = props;
  const trans = useTrans();
  const form = React.useRef<HTMLFormElement>(null);
  const id = React.useId();
  useModel(projects);
  const sessions = useModel(projects.sessionsOf(model.project)).items;
  useModel(model);
  const read = (session: string) => getDisposition(projects.settings, model.project, session);
  const blocked = useBlocked(model, sessions, read);
  const { values, error, sending } = model;
  const empty = values.request.trim() === '';
  const reason = empty
    ? trans.__('Write the request first.')
    : !model.schemaValid
      ? trans.__('The disposition is not valid yet.')
      : '';
  const make = async (start: boolean) => {
    if (sending || (start && (blocked || reason !== ''))) {
      return;
    }
    if (!model.schemaValid) {
      model.fail('schema', trans.__('Mend this first, or remove it.'));
    } else {
      const session = await model.make(start, props.notebook());
      if (session) {
        props.onMade(session.id);
        return;
      }
    }
    form.current?.querySelector<HTMLElement>('[data-wrong]')?.scrollIntoView({ block: 'nearest' });
  };
  const wrong = (place: StartPlace) =>
    error?.place === place ? <Wrong id={`${id}-${place}`} message={error.message} /> : null;
  const tied = (place: StartPlace) =>
    error?.place === place ? { 'aria-invalid': true, 'aria-describedby': `${id}-${place}` } : {};

  return (
    <form
      ref={form}
      className="jps-Start"
      aria-label={trans.__('New session')}
      onSubmit={event => event.preventDefault()}
      onKeyDown={event => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          event.stopPropagation();
          void make(true);
        }
      }}
    >
      <div className="jps-Page-head">
        <button type="button" className="jps-Link" onClick={props.onProject}>
          {projects.get(model.project)?.name ?? trans.__('Project')}
        </button>
        <span className="jps-mod-muted">/</span>
        <b>{trans.__('New session')}</b>
      </div>
      <div className="jps-Page-body">
        <div className="jps-Page-column">
          <div className="jps-Form-label">
            <label htmlFor={`${id}-request-field`}>
              <b>{trans.__('Request')}</b>
            </label>
          </div>
          <textarea
            ref={props.request}
            id={`${id}-request-field`}
            className="jps-Field jps-mod-text"
            rows={3}
            value={values.request}
            placeholder={trans.__('What the agent is to do')}
            onChange={event => model.set({ request: event.target.value })}
            {...tied('request')}
          />
          {wrong('request')}

          <div className="jps-Form-label">
            <label htmlFor={`${id}-name-field`}>
              <b>{trans.__('Name')}</b>
            </label>
            <span id={`${id}-name-hint`} className="jps-mod-muted">
              {trans.__('Made from the request when left empty')}
            </span>
          </div>
          <input
            id={`${id}-name-field`}
            className="jps-Field"
            value={values.name}
            maxLength={200}
            autoComplete="off"
            aria-describedby={`${id}-name-hint`}
            onChange={event => model.set({ name: event.target.value })}
            {...tied('name')}
          />
          {wrong('name')}

          <SchemaEditor
            value={values.schema}
            check={schema => checkSchema(projects.settings, schema)}
            onChange={(schema, isValid) => model.setSchema(schema, isValid)}
          />
          {wrong('schema')}

          <DependenciesEditor
            session={null}
            value={values.dependencies}
            sessions={sessions}
            schemaOf={read}
            onChange={dependencies => model.set({ dependencies })}
          />
          {blocked && (
            <div className="jps-Card jps-mod-caution jps-Start-blocked" id={`${id}-blocked`} role="status">
              <warningIcon.react tag="span" className="jps-Icon" />
              <p>{blocked.text}</p>
            </div>
          )}
          {wrong('dependencies')}

          <div className="jps-Start-last">
            <ModelSelect
              models={props.models}
              value={values.model}
              onChange={chosen => model.set({ model: chosen })}
              onSetup={props.onSetup}
            />
            <label>
              <b>{trans.__('Branch')}</b>
              <span className="jps-Start-branch">
                <branchIcon.react tag="span" className="jps-Icon jps-mod-small" />
                <BranchSelect
                  branches={projects.branchesOf(model.project)}
                  value={values.branch}
                  onChange={branch => model.set({ branch })}
                />
              </span>
            </label>
            <label>
              <b>{trans.__('Files')}</b>
              <Select>
                <option>{trans.__('Shared with the project')}</option>
              </Select>
            </label>
          </div>
          {wrong('model')}
          {wrong('branch')}
        </div>
      </div>
      <div className="jps-Page-foot">
        <div className="jps-Page-column">
          {wrong('form')}
          <div className="jps-Actions">
            <Button
              look="primary"
              className="jps-mod-tall"
              disabled={sending || blocked !== null || reason !== ''}
              aria-describedby={blocked ? `${id}-blocked` : `${id}-reason`}
              onClick={() => void make(true)}
            >
              {trans.__('Start')}
            </Button>
            <Button className="jps-mod-tall" disabled={sending} onClick={() => void make(false)}>
              {trans.__('Save without starting')}
            </Button>
            <span id={`${id}-reason`} className="jps-mod-muted">
              {blocked ? trans.__('Not all that it depends on is met.') : reason}
            </span>
            <span className="jps-Start-right">
              {blocked?.session ? (
                <Button look="flat" icon={launchIcon} onClick={() => props.onOpen(blocked.session)}>
                  {trans.__('Open %1', blocked.name)}
                </Button>
              ) : (
                <span className="jps-Start-keys jps-mod-muted" aria-hidden="true">
                  <kbd>{CTRL}</kbd> <kbd>{ENTER}</kbd> {trans.__('starts')}
                </span>
              )}
              <Button look="flat" className="jps-mod-tall" onClick={props.onCancel}>
                {trans.__('Cancel')}
              </Button>
            </span>
          </div>
        </div>
      </div>
    </form>
  );
}

interface IBlocked {
  text: string;
  /** The session that it waits for; empty when that is gone. */
  session: string;
  name: string;
}

/** The first dependency that is not met, in words. */
function useBlocked(
  model: StartModel,
  sessions: ReturnType<ProjectsModel['sessionsOf']>['items'],
  read: Parameters<typeof useDispositions>[2]
): IBlocked | null {
  const trans = useTrans();
  const { dependencies } = model.values;
  const dispositions = useDispositions(dependencies, sessions, read);
  for (const dependency of dependencies) {
    const upstream = sessions.find(each => each.id === dependency.session_id);
    const stand = standOf(dependency, sessions, dispositions.get(dependency.session_id));
    const text = blockedText(trans, dependency, stand, upstream?.name ?? '');
    if (text !== null) {
      return { text, session: upstream?.id ?? '', name: upstream?.name ?? '' };
    }
  }
  return null;
}

function Wrong({ id, message }: { id: string; message: string }): React.JSX.Element {
  return (
    <p id={id} className="jps-Wrong" role="alert" data-wrong>
      <ErrorMark />
      <span>{message}</span>
    </p>
  );
}
