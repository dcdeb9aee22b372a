import { fileIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ChangedFile, RunChanges } from '../../api/schema';
import { Button } from '../../components/button';
import { useTrans } from '../../components/trans';
import type { ReviewModel } from './model';
import { fileText } from '../../components/changes';

const SHOWN = 100;

/** The other files that a run changed: those that can be taken back, and those that cannot. */
export function Files({ model, changes }: { model: ReviewModel; changes: RunChanges }): React.JSX.Element {
  const trans = useTrans();
  const [all, setAll] = React.useState(false);
  const { files } = changes;
  const shown = all ? files : files.slice(0, SHOWN);
  return (
    <section className="jps-Review-files" aria-label={trans.__('Other files')}>
      <h2 className="jps-Changes-notebook">
        <fileIcon.react tag="span" className="jps-Icon jps-mod-small" />
        {trans.__('Other files')}
      </h2>
      <ul>
        {shown.map(file => (
          <FileRow key={file.path} model={model} file={file} />
        ))}
      </ul>
      {files.length > shown.length && (
        <Button look="flat" onClick={() => setAll(true)}>
          {trans._n('%1 more file', '%1 more files', files.length - shown.length)}
        </Button>
      )}
      {changes.incomplete && (
        <p className="jps-mod-muted">
          {trans.__(
            'There are too many files here to look at all of them: others may have been changed too.'
          )}
        </p>
      )}
    </section>
  );
}

function FileRow({ model, file }: { model: ReviewModel; file: ChangedFile }): React.JSX.Element {
  const trans = useTrans();
  const [asks, ask] = React.useState(false);
  const since = file.state === 'changed_since';
  const takeBack = (force: boolean) => {
    ask(false);
    void model.undo({ files: [file.path], force });
  };
  return (
    <li>
      <span className="jps-Review-change">{fileText(trans, file)}</span>
      <bdi>
        <code>{file.path}</code>
      </bdi>
      <span className="jps-mod-muted">{noteOf(trans, file)}</span>
      {file.covered && file.state !== 'taken_back' && !asks && (
        <Button
          disabled={model.isBusy}
          aria-label={trans.__('Take back %1', file.path)}
          onClick={() => (since ? ask(true) : takeBack(false))}
        >
          {trans.__('Take back')}
        </Button>
      )}
      {asks && (
        <span className="jps-Actions">
          {trans.__('It was changed since. “Redo” brings the newer back.')}
          <Button onClick={() => takeBack(true)}>{trans.__('Take back all the same')}</Button>
          <Button look="flat" onClick={() => ask(false)}>
            {trans.__('Keep it')}
          </Button>
        </span>
      )}
    </li>
  );
}

function noteOf(trans: TranslationBundle, file: ChangedFile): string {
  const by = file.by === 'code' ? trans.__('by a command or a cell') : '';
  const state =
    file.state === 'taken_back'
      ? trans.__('taken back')
      : file.state === 'changed_since'
        ? trans.__('changed since')
        : '';
  const not = file.covered ? '' : trans.__('cannot be taken back: %1', file.reason);
  return [by, state, not].filter(Boolean).join(' · ');
}
