import { offlineBoltIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Button } from '../components/button';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import { useConversation } from './context';

/** A session in which nothing was said yet: what it is for, and three things to say. */
export function Empty({ onPick }: { onPick(text: string): void }): React.JSX.Element {
  const trans = useTrans();
  const { model, models } = useConversation();
  useModel(models);
  const suggestions = models.offlineOnly
    ? ['/help', '/list', '```python\nprint("Hello from the kernel")\n```']
    : [
        trans.__('Describe the notebooks and files of this project'),
        trans.__('Load the data and draw an overview'),
        trans.__('Read this notebook and look for mistakes')
      ];
  return (
    <div className="jps-Empty">
      {models.offlineOnly && <OfflineNotice onSetup={() => models.wantSetup()} />}
      <p>{trans.__('Say what to do. The agent sees this project’s notebooks and files.')}</p>
      <div role="list" hidden={Boolean(model.session?.request)}>
        {suggestions.map(text => (
          <div role="listitem" key={text}>
            <button type="button" className="jps-Suggestion" onClick={() => onPick(text)}>
              {text.split('\n').length > 1 ? <code>{text.split('\n')[1]}</code> : text}
            </button>
          </div>
        ))}
      </div>
    </div>
  );
}

function OfflineNotice({ onSetup }: { onSetup(): void }): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Card jps-Offline">
      <div className="jps-Card-body">
        <offlineBoltIcon.react tag="span" className="jps-Icon" />
        <p>
          <b>{trans.__('No model is set up.')}</b>{' '}
          {trans.__(
            'The offline agent answers: it runs fenced code and commands such as /list or /help. It is no language model.'
          )}
        </p>
      </div>
      <div className="jps-Offline-foot">
        <Button look="flat" onClick={onSetup}>
          {trans.__('Set up a model')}
        </Button>
      </div>
    </div>
  );
}
