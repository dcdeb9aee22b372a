import * as React from 'react';

import { useTrans } from '../../components/trans';
import { Outputs } from '../../conversation/output';
import { useModel } from '../../models/observable';
import { useDiff } from './context';
import { type IPlace, keyOf } from './contents';
import { Unread } from './unread';

/** The outputs of a cell at one state or two. */
export function OutputsOf(props: {
  before: IPlace | null;
  after: IPlace | null;
  /** What the two states are called. */
  names?: readonly [string, string];
}): React.JSX.Element {
  const { before, after } = props;
  const trans = useTrans();
  const names = props.names ?? [trans.__('Before'), trans.__('After')];
  return (
    <div className="jps-DiffOutputs">
      {before && <Side name={names[0]} place={before} />}
      {after && <Side name={names[1]} place={after} />}
    </div>
  );
}

function Side({ name, place }: { name: string; place: IPlace }): React.JSX.Element {
  const trans = useTrans();
  const { contents } = useDiff();
  const outputs = useModel(contents).outputs(place);
  return (
    <div className="jps-DiffOutputs-side" role="group" aria-label={trans.__('Output: %1', name)}>
      <span className="jps-DiffOutputs-name">{name}</span>
      {outputs === null ? (
        <span className="jps-mod-muted">{trans.__('Reading…')}</span>
      ) : typeof outputs === 'string' ? (
        <Unread contents={contents} reason={outputs} />
      ) : outputs.length === 0 ? (
        <span className="jps-mod-muted">{trans.__('No output')}</span>
      ) : (
        <Outputs id={keyOf(place)} outputs={outputs} />
      )}
    </div>
  );
}
