import { moveDownIcon, moveUpIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { IconButton } from '../../components/button';
import { Segments } from '../../components/segments';
import { useTrans } from '../../components/trans';
import type { ILook } from './context';

interface IHeadProps {
  look: ILook;
  onLook(look: ILook): void;
  /** Go to the next change, or to the one before. */
  onStep(step: 1 | -1): void;
  children: React.ReactNode;
}

/** What is compared, and how it is looked at. */
export function ChangesHead({ look, onLook, onStep, children }: IHeadProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <header className="jps-Changes-head">
      <div className="jps-Changes-what">{children}</div>
      <div className="jps-Changes-look">
        <label>
          <input
            type="checkbox"
            checked={!look.outputs}
            onChange={event => onLook({ ...look, outputs: !event.target.checked })}
          />
          {trans.__('Hide outputs')}
        </label>
        <Segments
          label={trans.__('How lines are shown')}
          value={look.split ? 'split' : 'unified'}
          options={[
            { value: 'unified', label: trans.__('Unified') },
            { value: 'split', label: trans.__('Split') }
          ]}
          onChange={value => onLook({ ...look, split: value === 'split' })}
        />
        <span className="jps-Changes-steps">
          <IconButton icon={moveUpIcon} label={trans.__('Previous change (P)')} onClick={() => onStep(-1)} />
          <IconButton icon={moveDownIcon} label={trans.__('Next change (N)')} onClick={() => onStep(1)} />
        </span>
      </div>
    </header>
  );
}
