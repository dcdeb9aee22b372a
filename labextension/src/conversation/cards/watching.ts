import * as React from 'react';

import type { Findings } from '../../models/sessionFindings';
import { useConversation } from '../context';

/** Key results and disposition of a session, kept up to date while the component is shown. */
export function useFindings(session: string): Findings {
  const { findings } = useConversation();
  const found = React.useMemo(() => findings(session), [findings, session]);
  React.useEffect(() => {
    const watching = found.watch();
    return () => watching.dispose();
  }, [found]);
  return found;
}
