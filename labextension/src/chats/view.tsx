import { addIcon, caretDownIcon, ellipsesIcon, folderIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { listRuntimes } from '../api/catalog';
import type { Project, Session } from '../api/schema';
import { Button, IconButton } from '../components/button';
import { branchIcon } from '../components/icons';
import { ErrorMark } from '../components/marks';
import { openMenu } from '../components/menu';
import { useNow } from '../components/now';
import { clock } from '../components/times';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import type { ProjectsModel } from '../models/projects';
import type { SessionsModel } from '../models/sessions';
import { deleteProject, newProject, renameProject, telling } from './dialogs';
import { SessionList } from './list';

/** The branch that the files themselves are. */
const MAIN = 'main';

export interface IChatsProps {
  projects: ProjectsModel;
  current: string | null;
  onNew(): void;
  onExample(): void;
  onRemoved(session: Session): void;
  onOpen(project: Project, session: Session, beside: boolean): void;
}

/** The Chats tab: project, New Session, sessions, branch. */
export function ChatsView(props: IChatsProps): React.JSX.Element {
  const { projects } = props;
  const trans = useTrans();
  useModel(projects);
  const sessions = useModel(projects.sessions);
  const project = projects.current;
  const current = sessions?.get(props.current ?? '');
  return (
    <>
      <Head projects={projects} />
      <div className="jps-Chats-new">
        <Button icon={addIcon} onClick={props.onNew}>
          {trans.__('New Session')}
        </Button>
      </div>
      <div className="jps-Chats-body">
        {project && sessions ? (
          <Sessions {...props} project={project} sessions={sessions} />
        ) : projects.error !== null ? (
          <Unreachable
            since={null}
            nextTry={null}
            reason={projects.error}
            onRetry={() => void projects.load()}
          />
        ) : projects.loaded ? (
          <FirstUse onExample={props.onExample} />
        ) : (
          <Bars />
        )}
      </div>
      <div className="jps-Chats-foot" title={trans.__('Active branch')}>
        <branchIcon.react tag="span" className="jps-Icon" />
        <span className={current ? '' : 'jps-mod-muted'}>{current?.active_branch ?? MAIN}</span>
      </div>
    </>
  );
}

function Sessions(props: IChatsProps & { project: Project; sessions: SessionsModel }): React.JSX.Element {
  const { project, sessions } = props;
  const trans = useTrans();
  if (sessions.error !== null && !sessions.loaded) {
    return (
      <Unreachable since={null} nextTry={null} reason={sessions.error} onRetry={() => sessions.retry()} />
    );
  }
  return (
    <>
      {project.folder_state !== 'ok' && (
        <div className="jps-Card jps-mod-error" role="alert">
          <div className="jps-Card-title">{trans.__('Folder not found')}</div>
          <p>
            {trans.__('“%1” was moved or deleted. Logs can be read; the agent cannot work.', project.path)}
          </p>
        </div>
      )}
      {sessions.staleSince !== null && (
        <Unreachable
          since={sessions.loaded ? sessions.staleSince : null}
          nextTry={sessions.nextTry}
          reason=""
          onRetry={() => sessions.retry()}
        />
      )}
      {sessions.items.length > 0 ? (
        <SessionList
          key={project.id}
          sessions={sessions}
          current={props.current}
          onOpen={(session, beside) => props.onOpen(project, session, beside)}
          onRemoved={props.onRemoved}
        />
      ) : sessions.loaded ? (
        <FirstUse onExample={props.onExample} />
      ) : sessions.staleSince === null ? (
        <Bars />
      ) : null}
    </>
  );
}

function Head({ projects }: { projects: ProjectsModel }): React.JSX.Element {
  const trans = useTrans();
  const project = projects.current;
  const pick = (event: React.MouseEvent<HTMLElement>) =>
    openMenu(
      [
        ...projects.items.map(each => ({
          label: each.name,
          caption: each.path,
          toggled: each.id === project?.id,
          execute: () => projects.select(each.id)
        })),
        ...(projects.items.length > 0 ? [null] : []),
        { label: trans.__('New Project…'), execute: () => void newProject(trans, projects) }
      ],
      event.currentTarget
    );
  const more = async (event: React.MouseEvent<HTMLElement>) => {
    const button = event.currentTarget;
    if (!project) {
      return;
    }
    const runtimes = (await telling(() => listRuntimes(projects.settings))) ?? [];
    openMenu(
      [
        { label: trans.__('Rename Project…'), execute: () => void renameProject(trans, projects, project) },
        null,
        ...runtimes.map(each => ({
          label: trans.__('Default runtime: %1', each.display_name),
          toggled: each.id === project.default_runtime,
          execute: () => void telling(() => projects.update(project.id, { default_runtime: each.id }))
        })),
        ...(runtimes.length > 0 ? [null] : []),
        { label: trans.__('Delete Project…'), execute: () => void deleteProject(trans, projects, project) }
      ],
      button
    );
  };
  return (
    <div className="jps-Chats-head">
      <button
        type="button"
        className="jps-Picker"
        aria-haspopup="menu"
        title={project ? project.path || project.name : undefined}
        onClick={pick}
      >
        <folderIcon.react tag="span" className="jps-Icon" />
        <span className="jps-Picker-name">{project?.name ?? trans.__('No project')}</span>
        <caretDownIcon.react tag="span" className="jps-Icon jps-mod-small" />
      </button>
      <IconButton
        icon={ellipsesIcon}
        label={trans.__('More about this project')}
        aria-haspopup="menu"
        disabled={!project}
        onClick={event => void more(event)}
      />
    </div>
  );
}

function FirstUse({ onExample }: { onExample(): void }): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Chats-first">
      <p>{trans.__('A session is a conversation with an agent that works in this project’s notebooks.')}</p>
      <p>{trans.__('Ask for something, or try it on a copy of an example.')}</p>
      <Button onClick={onExample}>{trans.__('Open the example')}</Button>
    </div>
  );
}

interface IUnreachableProps {
  /** The list shown is from then. */
  since: number | null;
  nextTry: number | null;
  /** What the server said, if it said anything. */
  reason: string;
  onRetry(): void;
}

function Unreachable({ since, nextTry, reason, onRetry }: IUnreachableProps): React.JSX.Element {
  const trans = useTrans();
  const now = useNow(1000, nextTry !== null);
  const seconds = nextTry === null ? 0 : Math.ceil((nextTry - now) / 1000);
  return (
    <div className="jps-Card jps-mod-error" role="status">
      <div className="jps-Card-title">
        <ErrorMark />
        {reason ? trans.__('Sessions cannot be read') : trans.__('Server not reachable')}
      </div>
      <p>
        {reason ||
          (since === null
            ? trans.__('Running sessions go on.')
            : trans.__(
                'The list is from %1. Running sessions go on; what you type is kept here.',
                clock(since)
              ))}
      </p>
      <div className="jps-Actions">
        <Button icon={refreshIcon} onClick={onRetry}>
          {trans.__('Try again')}
        </Button>
        {seconds > 0 && <span className="jps-mod-muted">{trans.__('next try in %1 s', seconds)}</span>}
      </div>
    </div>
  );
}

/** Stands for a list that is being read, after 200 ms. */
function Bars(): React.JSX.Element {
  return (
    <div className="jps-Bars" aria-hidden="true">
      <div />
      <div />
      <div />
    </div>
  );
}
