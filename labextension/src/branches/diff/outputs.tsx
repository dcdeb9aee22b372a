import * as React from 'react';

import { useTrans } from '../../components/trans';
import { Outputs } from '../../conversation/output';
import { useModel } from '../../models/observable';
import { useDiff } from './context';
import { type IPlace, keyOf } from './contents';

/** The outputs of a cell at one state or two. */
export function OutputsOf(props: { before: IPlace | null; after: IPlace | null }): React.JSX.Element {
  const { before, after } = props;
  const trans = useTrans();
  return (
    <div className="jps-DiffOutputs">
      {before && <Side name={trans.__('Before')} place={before} />}
      {after && <Side name={trans.__('After')} place={after} />}
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
        <span className="jps-mod-muted">{trans.__('The output cannot be read: %1', outputs)}</span>
      ) : outputs.length === 0 ? (
        <span className="jps-mod-muted">{trans.__('No output')}</span>
      ) : (
        <Outputs id={keyOf(place)} outputs={outputs} />
      )}
    </div>
  );
}
