import type { ServerConnection } from '@jupyterlab/services';
import * as React from 'react';

import type { Project, Session } from '../api/schema';
import { openMenu } from '../components/menu';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import type { ProjectsModel } from '../models/projects';
import { SearchModel } from '../models/search';
import type { SessionsModel } from '../models/sessions';
import { telling } from './dialogs';
import type { EditPanel } from './edit';
import { Foot } from './foot';
import { Head } from './head';
import { SessionList } from './list';
import { rowItems } from './menus';
import { Bars, FirstUse, Unreachable } from './notices';
import { Search } from './search';
import { ListState } from './state';
import { Toolbar } from './toolbar';

/** What is to be opened, and where. */
export interface IOpenSession {
  project: string;
  session: string;
  beside: boolean;
  /** Event to show; left out: the place where it was left. */
  at?: number;
}

export interface IChatsProps {
  projects: ProjectsModel;
  current: string | null;
  /** Start a session with the form. */
  onForm(): void;
  /** Start a session with a message. */
  onMessage(): void;
  onHome?(): void;
  onExample(): void;
  onImport(file: File): void;
  onRemoved(session: Session): void;
  onOpen(place: IOpenSession): void;
  /** Choose the branch that a session works on, from a list at this button. */
  onBranch(session: Session, at: HTMLElement): void;
  /** Choose others to compare a session with. */
  onCompare(session: Session): void;
}

/** The Chats tab: of one project, or of none. */
export function ChatsView(props: IChatsProps): React.JSX.Element {
  const { projects } = props;
  useModel(projects);
  const { current: project, sessions } = projects;
  if (project && sessions) {
    return <ProjectChats key={project.id} {...props} project={project} sessions={sessions} />;
  }
  const toolbar = { searchable: false, focusSearch: false, onSearch: () => undefined };
  return (
    <>
      <Head {...props} />
      <Toolbar {...props} {...toolbar} />
      <div className="jps-Chats-body">
        {projects.error !== null ? (
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
      <Foot {...props} branches={null} />
    </>
  );
}

interface IProjectProps extends IChatsProps {
  project: Project;
  sessions: SessionsModel;
}

/** What takes the place of the list. */
type Instead = IEdited | { kind: 'search'; search: SearchModel };

interface IEdited {
  kind: 'edit';
  session: Session;
  /** Begin with the question whether to delete. */
  ask: boolean;
  /** Its place in the list. */
  index: number;
  EditPanel: typeof EditPanel;
}

function searchIn(settings: ServerConnection.ISettings, { id }: Project): Instead {
  return { kind: 'search', search: new SearchModel(settings, id) };
}

/** Project, New Session, sessions, branch; or the panel in which a session is edited. */
function ProjectChats(props: IProjectProps): React.JSX.Element {
  const { projects, project, sessions } = props;
  const { settings } = projects;
  const trans = useTrans();
  useModel(sessions);
  const [state] = React.useState(() => new ListState(sessions, trans));
  const [instead, setInstead] = React.useState<Instead | null>(null);
  const [searched, setSearched] = React.useState(false);
  const search = useModel(instead?.kind === 'search' ? instead.search : null);
  const current = sessions.get(props.current ?? '');
  const open = (session: Session, beside: boolean) =>
    props.onOpen({ project: project.id, session: session.id, beside });
  const edit = (session: Session, ask: boolean) =>
    void telling(async () => {
      const { EditPanel } = await import('./edit');
      setInstead({ kind: 'edit', session, ask, index: state.ids.indexOf(session.id), EditPanel });
    });
  const close = () => {
    search?.dispose();
    setSearched(search !== null);
    setInstead(null);
  };
  if (instead?.kind === 'edit') {
    const { session, ask, index, EditPanel } = instead;
    const closed = () => {
      close();
      state.focusNear(session.id, index);
    };
    return (
      <EditPanel {...{ settings, sessions, session, ask, onClose: closed, onRemoved: props.onRemoved }} />
    );
  }
  return (
    <>
      <Head {...props} />
      {search ? (
        <Search
          search={search}
          sessions={sessions}
          onOpen={({ project, session, seq }, beside) =>
            props.onOpen({ project, session, beside, ...(seq === null ? {} : { at: seq }) })
          }
          onClose={close}
        />
      ) : (
        <Toolbar
          {...props}
          searchable={sessions.items.length > 0}
          focusSearch={searched}
          onSearch={() => setInstead(searchIn(settings, project))}
        />
      )}
      {(search === null || search.text.trim() === '') && (
        <Sessions
          {...props}
          state={state}
          onOpen={open}
          onEdit={edit}
          onMenu={(session, at) =>
            openMenu(
              rowItems(
                { trans, settings, state, onOpen: open, onEdit: edit, onCompare: props.onCompare },
                session
              ),
              at
            )
          }
        />
      )}
      <Foot {...props} session={current} branches={projects.branchesOf(project.id)} />
    </>
  );
}

interface ISessionsProps extends Omit<IProjectProps, 'onOpen'>, React.ComponentProps<typeof SessionList> {}

function Sessions(props: ISessionsProps): React.JSX.Element {
  const { project, sessions } = props;
  const trans = useTrans();
  const since = sessions.staleSince;
  return (
    <div className="jps-Chats-body">
      {project.folder_state !== 'ok' && (
        <div className="jps-Card jps-mod-error" role="alert">
          <div className="jps-Card-title">{trans.__('Folder not found')}</div>
          <p>
            {trans.__('“%1” was moved or deleted. Logs can be read; the agent cannot work.', project.path)}
          </p>
        </div>
      )}
      {(since !== null || (sessions.error !== null && !sessions.loaded)) && (
        <Unreachable
          since={sessions.loaded ? since : null}
          nextTry={since === null ? null : sessions.nextTry}
          reason={since === null ? (sessions.error ?? '') : ''}
          onRetry={() => sessions.retry()}
        />
      )}
      {sessions.items.length > 0 ? (
        <SessionList {...props} />
      ) : sessions.loaded ? (
        <FirstUse onExample={props.onExample} />
      ) : since === null && sessions.error === null ? (
        <Bars />
      ) : null}
    </div>
  );
}
