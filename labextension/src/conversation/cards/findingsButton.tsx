import * as React from 'react';

import { flagIcon } from '../../components/icons';
import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import { useConversation } from '../context';

/** In the head of a conversation: how many key results there are; opens the pane with them. */
export function FindingsButton(): React.JSX.Element | null {
  const trans = useTrans();
  const { model, showResults } = useConversation();
  const { session } = useModel(model);
  if (!session || (session.key_result_count === 0 && !session.has_schema && !session.decided)) {
    return null;
  }
  const count = session.key_result_count;
  const label = trans._n('%1 key result', '%1 key results', count);
  return (
    <button
      type="button"
      className="jps-IconButton jps-Findings"
      title={label}
      aria-label={label}
      onClick={showResults}
    >
      <flagIcon.react tag="span" className="jps-Icon" />
      {count}
    </button>
  );
}
