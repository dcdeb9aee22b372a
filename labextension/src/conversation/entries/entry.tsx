import * as React from 'react';

import type { Entry } from '../../models/entries';
import { DispositionEntry } from '../cards/dispositionEntry';
import { KeyResultEntry } from '../cards/keyResultEntry';
import { Calls } from './calls';
import { Earlier } from './earlier';
import { Merging, Switched, UndoneLater } from './branching';
import { End } from './end';
import { Failure } from './failure';
import { Interrupted, Limit, Stopped } from './notices';
import { Context, Forked, Imported, Summary } from './origins';
import { Question } from './question';
import { Reasoning } from './reasoning';
import { AgentText, UserText } from './texts';

/** One entry of the log. */
export function EntryView({ entry }: { entry: Entry }): React.JSX.Element {
  switch (entry.kind) {
    case 'user':
      return <UserText entry={entry} />;
    case 'agent':
      return <AgentText entry={entry} />;
    case 'reasoning':
      return <Reasoning entry={entry} />;
    case 'calls':
      return <Calls entry={entry} />;
    case 'question':
      return <Question entry={entry} />;
    case 'failure':
      return <Failure entry={entry} />;
    case 'interrupted':
      return <Interrupted entry={entry} />;
    case 'stopped':
      return <Stopped entry={entry} />;
    case 'limit':
      return <Limit entry={entry} />;
    case 'end':
      return <End entry={entry} />;
    case 'earlier':
      return <Earlier entry={entry} />;
    case 'forked':
      return <Forked entry={entry} />;
    case 'imported':
      return <Imported entry={entry} />;
    case 'summary':
      return <Summary entry={entry} />;
    case 'context':
      return <Context entry={entry} />;
    case 'keyResult':
      return <KeyResultEntry entry={entry} />;
    case 'disposition':
      return <DispositionEntry entry={entry} />;
    case 'undone':
      return <UndoneLater entry={entry} />;
    case 'switched':
      return <Switched entry={entry} />;
    case 'merge':
      return <Merging entry={entry} />;
  }
}
