import { caretDownIcon, ellipsesIcon, folderIcon, homeIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { listRuntimes } from '../api/catalog';
import type { Project, Runtime } from '../api/schema';
import { IconButton } from '../components/button';
import { type IMenuItem, openMenu } from '../components/menu';
import { useTrans } from '../components/trans';
import type { ProjectsModel } from '../models/projects';
import { deleteProject, newProject, renameProject, telling } from './dialogs';

interface IHeadProps {
  projects: ProjectsModel;
  /** Open the project's page; left out where there is none. */
  onHome?(): void;
  /** Make a session of a file. */
  onImport(file: File): void;
}

/** The project that is looked at: its name, its page, what can be done with it. */
export function Head({ projects, onHome, onImport }: IHeadProps): React.JSX.Element {
  const trans = useTrans();
  const project = projects.current;
  const chooser = React.useRef<HTMLInputElement>(null);
  const more = async (button: HTMLElement, of: Project) => {
    const runtimes = (await telling(() => listRuntimes(projects.settings))) ?? [];
    openMenu(
      moreItems(trans, projects, of, runtimes, () => chooser.current?.click()),
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
        onClick={event => openMenu(pickItems(trans, projects), event.currentTarget)}
      >
        <folderIcon.react tag="span" className="jps-Icon" />
        <span className="jps-Picker-name">{project?.name ?? trans.__('No project')}</span>
        <caretDownIcon.react tag="span" className="jps-Icon jps-mod-small" />
      </button>
      <span className="jps-Chats-tools">
        {onHome && (
          <IconButton icon={homeIcon} label={trans.__('Project page')} disabled={!project} onClick={onHome} />
        )}
        <IconButton
          icon={ellipsesIcon}
          label={trans.__('More about this project')}
          aria-haspopup="menu"
          disabled={!project}
          onClick={event => project && void more(event.currentTarget, project)}
        />
      </span>
      <input
        ref={chooser}
        type="file"
        hidden
        accept=".jsonl,.ndjson,.chat,.json"
        aria-label={trans.__('File to import')}
        onChange={event => {
          const file = event.target.files?.[0];
          // The same file can be chosen again.
          event.target.value = '';
          if (file) {
            onImport(file);
          }
        }}
      />
    </div>
  );
}

function pickItems(trans: TranslationBundle, projects: ProjectsModel): (IMenuItem | null)[] {
  return [
    ...projects.items.map(each => ({
      label: each.name,
      caption: each.path,
      toggled: each.id === projects.current?.id,
      execute: () => projects.select(each.id)
    })),
    ...(projects.items.length > 0 ? [null] : []),
    { label: trans.__('New Project…'), execute: () => void newProject(trans, projects) }
  ];
}

function moreItems(
  trans: TranslationBundle,
  projects: ProjectsModel,
  project: Project,
  runtimes: readonly Runtime[],
  onImport: () => void
): (IMenuItem | null)[] {
  return [
    { label: trans.__('Rename Project…'), execute: () => void renameProject(trans, projects, project) },
    { label: trans.__('Import Session…'), execute: onImport },
    null,
    ...runtimes.map(each => ({
      label: trans.__('Default runtime: %1', each.display_name),
      toggled: each.id === project.default_runtime,
      execute: () => void telling(() => projects.update(project.id, { default_runtime: each.id }))
    })),
    ...(runtimes.length > 0 ? [null] : []),
    { label: trans.__('Delete Project…'), execute: () => void deleteProject(trans, projects, project) }
  ];
}
