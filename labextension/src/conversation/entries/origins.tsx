import { fileIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Blob } from '../../api/schema';
import { branchIcon } from '../../components/icons';
import { Fold } from '../../components/fold';
import { fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { IContextEntry, IForkedEntry, IImportedEntry, ISummaryEntry } from '../../models/entries';
import { useModel } from '../../models/observable';
import { useConversation } from '../context';
import { LongText } from '../output';
import { Prose } from '../prose';

/** Stands for a name that is shown as a link. */
const NAME = '\u0000';

/** The session was forked here: what lies above is of another one. */
export function Forked({ entry }: { entry: IForkedEntry }): React.JSX.Element {
  const trans = useTrans();
  const { model, openSession } = useConversation();
  useModel(model.sessions);
  const name = model.sessions.get(entry.source)?.name ?? entry.name;
  const there = model.sessions.get(entry.source) !== undefined;
  const [before = '', after = ''] = trans.__('Forked from “%1” at this point', NAME).split(NAME);
  return (
    <div className="jps-Came" data-block tabIndex={-1} title={fullTime(entry.ts)}>
      <branchIcon.react tag="span" className="jps-Icon jps-mod-small" />
      <span>
        {before}
        {there ? (
          <button
            type="button"
            className="jps-OtherSession"
            onClick={() => openSession(entry.source, entry.at)}
          >
            {name}
          </button>
        ) : (
          name
        )}
        {after}
      </span>
    </div>
  );
}

/** The session was imported: it was written elsewhere. */
export function Imported({ entry }: { entry: IImportedEntry }): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Came" data-block tabIndex={-1} title={fullTime(entry.ts)}>
      <fileIcon.react tag="span" className="jps-Icon jps-mod-small" />
      <span>{trans.__('Imported from “%1”. It was written elsewhere.', entry.name)}</span>
    </div>
  );
}

/** The model gets a summary in place of what lies above; it can be read. */
export function Summary({ entry }: { entry: ISummaryEntry }): React.JSX.Element {
  const trans = useTrans();
  const model = useModel(useConversation().model);
  const open = model.isOpen(entry.key, false);
  const { before, after } = entry.tokens;
  return (
    <Fold
      open={open}
      label={trans.__('Earlier parts were summarised for the model')}
      title={trans.__('The log stays whole. %1', fullTime(entry.ts))}
      onToggle={() => model.setOpen(entry.key, !open)}
    >
      <div className="jps-Fold-body">
        <WithText text={entry.text}>
          {text => <Prose id={entry.key} text={text} streaming={false} />}
        </WithText>
        <p className="jps-mod-muted">
          {trans.__('About %1 tokens became %2.', before.toLocaleString(), after.toLocaleString())}{' '}
          {entry.pinned > 0 &&
            trans._n(
              '%1 pinned message was kept as it is.',
              '%1 pinned messages were kept as they are.',
              entry.pinned
            )}
        </p>
      </div>
    </Fold>
  );
}

/** What another session has found, as the model was given it. */
export function Context({ entry }: { entry: IContextEntry }): React.JSX.Element {
  const trans = useTrans();
  const { model, openSession } = useConversation();
  useModel(model);
  const open = model.isOpen(entry.key, false);
  return (
    <Fold
      open={open}
      label={gotten(trans, entry)}
      title={fullTime(entry.ts)}
      onToggle={() => model.setOpen(entry.key, !open)}
    >
      <div className="jps-Fold-body">
        <WithText text={entry.text}>{text => <LongText id={entry.key} text={text} />}</WithText>
        <button type="button" className="jps-OtherSession" onClick={() => openSession(entry.upstream, null)}>
          {trans.__('Open “%1”', entry.name)}
        </button>
      </div>
    </Fold>
  );
}

function gotten(trans: TranslationBundle, { keyResults, decided, name }: IContextEntry): string {
  const results = trans._n('%1 key result', '%1 key results', keyResults);
  if (keyResults === 0) {
    return decided
      ? trans.__('Got the decision of “%1”', name)
      : trans.__('Got nothing from “%1”: it has no key results and no decision', name);
  }
  return decided
    ? trans.__('Got %1 and the decision of “%2”', results, name)
    : trans.__('Got %1 of “%2”', results, name);
}

/** Text that may lie in a blob. */
function WithText(props: {
  text: string | Blob;
  children(text: string): React.JSX.Element;
}): React.JSX.Element {
  const trans = useTrans();
  const model = useModel(useConversation().model);
  if (typeof props.text === 'string') {
    return props.children(props.text);
  }
  const text = model.blob(props.text.blob);
  return text === null ? (
    <p className="jps-mod-muted">{model.blobFailure(props.text.blob) ?? trans.__('Reading…')}</p>
  ) : (
    props.children(text)
  );
}
