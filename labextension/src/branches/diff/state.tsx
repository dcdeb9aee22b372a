import { refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Button } from '../../components/button';
import { ErrorMark } from '../../components/marks';
import { useTrans } from '../../components/trans';

interface IStateProps {
  state: 'loading' | 'gone' | 'failed';
  /** What is not there any more. */
  gone: string;
  /** What cannot be read, and why, when the server has said so. */
  failed: string;
  error: string;
  onRetry(): void;
}

/** A page of changes that cannot be shown now. */
export function PageState(props: IStateProps): React.JSX.Element {
  const trans = useTrans();
  switch (props.state) {
    case 'loading':
      return (
        <div className="jps-Bars" aria-label={trans.__('Reading…')}>
          <div />
          <div />
          <div />
        </div>
      );
    case 'gone':
      return (
        <div className="jps-Page-column">
          <p role="status">{props.gone}</p>
        </div>
      );
    case 'failed':
      return (
        <div className="jps-Page-column">
          <div className="jps-Card jps-mod-error" role="alert">
            <div className="jps-Card-title">
              <ErrorMark />
              {props.error ? props.failed : trans.__('Server not reachable')}
            </div>
            <p>{props.error}</p>
            <div className="jps-Actions">
              <Button icon={refreshIcon} onClick={props.onRetry}>
                {trans.__('Try again')}
              </Button>
            </div>
          </div>
        </div>
      );
  }
}
