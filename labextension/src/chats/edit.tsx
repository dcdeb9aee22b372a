import { caretLeftIcon } from '@jupyterlab/ui-components';
import type { ServerConnection } from '@jupyterlab/services';
import * as React from 'react';

import { getDisposition } from '../api/dispositions';
import type { Session } from '../api/schema';
import { checkSchema } from '../api/schemas';
import { Button, IconButton } from '../components/button';
import { DependenciesEditor } from '../components/dependencies';
import { ErrorMark } from '../components/marks';
import { SchemaEditor } from '../components/schema';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import type { SessionsModel } from '../models/sessions';
import { DeleteQuestion } from './deletion';
import { SessionDraft } from './draft';
import { focusOnce, NameConflict } from './notices';

interface IEditProps {
  settings: ServerConnection.ISettings;
  sessions: SessionsModel;
  session: Session;
  /** Begin with the question whether to delete. */
  ask: boolean;
  onClose(): void;
  onRemoved(session: Session): void;
}

/** A session's name, what it must decide and what it needs, in place of the list. */
export function EditPanel(props: IEditProps): React.JSX.Element {
  const { settings, sessions, session, onClose } = props;
  const trans = useTrans();
  useModel(sessions);
  const [draft] = React.useState(() => new SessionDraft(settings, sessions, session));
  useModel(draft);
  const [asked, setAsked] = React.useState<'delete' | 'leave' | null>(props.ask ? 'delete' : null);
  const deleter = React.useRef<HTMLButtonElement>(null);
  const panel = React.useRef<HTMLDivElement>(null);
  const now = sessions.get(session.id);

  const leave = () => (draft.dirty && now ? setAsked('leave') : onClose());
  const save = async () => {
    setAsked(null);
    if (draft.canSave && (await draft.save())) {
      onClose();
    }
  };
  const back = () => {
    setAsked(null);
    panel.current?.querySelector<HTMLElement>('.jps-Field')?.focus();
  };
  return (
    <div
      ref={panel}
      className="jps-Edit"
      role="form"
      aria-label={trans.__('Edit %1', session.name)}
      onKeyDown={event => {
        if (event.key === 'Escape' && !event.defaultPrevented) {
          event.preventDefault();
          event.stopPropagation();
          if (asked === null) {
            leave();
          } else {
            back();
          }
        }
      }}
    >
      <div className="jps-Chats-head">
        <IconButton icon={caretLeftIcon} label={trans.__('Back to the list')} onClick={leave} />
        <h2 className="jps-Edit-title" title={session.name}>
          {trans.__('Edit %1', now?.name ?? session.name)}
        </h2>
      </div>
      {!now ? (
        <Gone onClose={onClose} />
      ) : (
        <>
          <div className="jps-Edit-body">
            <Fields draft={draft} settings={settings} sessions={sessions} onEnter={() => void save()} />
            {asked === 'delete' && (
              <DeleteQuestion
                sessions={sessions}
                session={now}
                onKeep={() => {
                  setAsked(null);
                  deleter.current?.focus();
                }}
                onRemoved={() => {
                  props.onRemoved(session);
                  onClose();
                }}
              />
            )}
            {asked === 'leave' && (
              <KeepQuestion
                canSave={draft.canSave}
                onSave={() => void save()}
                onDiscard={onClose}
                onBack={back}
              />
            )}
          </div>
          <div className="jps-Edit-foot">
            <Button look="primary" disabled={!draft.canSave} onClick={() => void save()}>
              {trans.__('Save')}
            </Button>
            <Button onClick={onClose}>{trans.__('Cancel')}</Button>
            <Button ref={deleter} look="flat" className="jps-Edit-delete" onClick={() => setAsked('delete')}>
              {trans.__('Delete…')}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

interface IFieldsProps {
  draft: SessionDraft;
  settings: ServerConnection.ISettings;
  sessions: SessionsModel;
  onEnter(): void;
}

function Fields({ draft, settings, sessions, onEnter }: IFieldsProps): React.JSX.Element {
  const trans = useTrans();
  const { conflict, problems, schema, session } = draft;
  return (
    <>
      <label className="jps-Edit-label">
        {trans.__('Name')}
        <input
          ref={focusName}
          className="jps-Field"
          value={draft.name}
          maxLength={200}
          autoComplete="off"
          onChange={event => {
            draft.name = event.target.value;
          }}
          onKeyDown={event => event.key === 'Enter' && !event.nativeEvent.isComposing && onEnter()}
        />
      </label>
      {draft.name.trim() === '' && <Problem text={trans.__('A session needs a name.')} />}
      <Problem text={problems.name} />
      {conflict !== null && (
        <NameConflict
          mine={draft.name.trim()}
          theirs={conflict}
          onMine={() => {
            draft.settle(true);
            onEnter();
          }}
          onTheirs={() => draft.settle(false)}
        />
      )}
      {schema !== undefined && (
        <SchemaEditor
          compact
          value={schema}
          check={asked => checkSchema(settings, asked)}
          onChange={(changed, valid) => draft.setSchema(changed, valid)}
        />
      )}
      <Problem text={problems.schema} />
      {schema === undefined && problems.schema !== undefined && (
        <Button onClick={() => draft.retry()}>{trans.__('Try again')}</Button>
      )}
      <DependenciesEditor
        compact
        session={session.id}
        value={draft.dependencies}
        sessions={sessions.items}
        schemaOf={id => getDisposition(settings, sessions.project, id)}
        onChange={changed => {
          draft.dependencies = changed;
        }}
      />
      <Problem text={problems.dependencies} />
    </>
  );
}

function Problem({ text }: { text: string | undefined }): React.JSX.Element | null {
  return text ? (
    <p className="jps-Wrong" role="alert">
      <ErrorMark />
      <span>{text}</span>
    </p>
  ) : null;
}

interface IKeepProps {
  canSave: boolean;
  onSave(): void;
  onDiscard(): void;
  onBack(): void;
}

/** Asks in place what becomes of changes that are not saved. */
function KeepQuestion({ canSave, onSave, onDiscard, onBack }: IKeepProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Card jps-mod-here" role="alertdialog" aria-label={trans.__('Keep changes?')}>
      <div className="jps-Card-title">{trans.__('Keep changes?')}</div>
      <p>{trans.__('What you changed here is not saved yet.')}</p>
      <div className="jps-Actions">
        <Button ref={focusOnce} look="primary" disabled={!canSave} onClick={onSave}>
          {trans.__('Save')}
        </Button>
        <Button onClick={onDiscard}>{trans.__('Discard')}</Button>
        <Button look="flat" onClick={onBack}>
          {trans.__('Go on editing')}
        </Button>
      </div>
    </div>
  );
}

/** The session was deleted in another window. */
function Gone({ onClose }: { onClose(): void }): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Edit-body">
      <div className="jps-Card jps-mod-error" role="alert">
        <div className="jps-Card-title">{trans.__('Deleted meanwhile')}</div>
        <p>{trans.__('This session was deleted in another window. What you changed here was not saved.')}</p>
        <Button ref={focusOnce} onClick={onClose}>
          {trans.__('Back to the list')}
        </Button>
      </div>
    </div>
  );
}

function focusName(field: HTMLInputElement | null): void {
  field?.focus();
  field?.select();
}
