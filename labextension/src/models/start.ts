import type { ServerConnection } from '@jupyterlab/services';

import { listRuns } from '../api/runs';
import type { Run, Session } from '../api/schema';
import { type IStart, NO_START } from './log';
import { steeringFirst } from './queue';

/** What goes on in a session now, whatever part of its log is loaded. */
export async function readStart(settings: ServerConnection.ISettings, session: Session): Promise<IStart> {
  if (session.status !== 'running' && session.status !== 'queued') {
    return NO_START;
  }
  const [running, queued] = await Promise.all([
    listRuns(settings, session.project_id, session.id, 'running'),
    listRuns(settings, session.project_id, session.id, 'queued')
  ]);
  return startOf(running, queued);
}

function startOf(running: Run[], queued: Run[]): IStart {
  const run = running.at(0);
  const waiting = [...queued].sort((a, b) => a.queue_position - b.queue_position || (a.id < b.id ? -1 : 1));
  return {
    run: run
      ? {
          id: run.id,
          startedAt: run.started_at ?? run.created_at,
          iteration: 0,
          limit: null,
          interrupt: null
        }
      : null,
    queue: steeringFirst(
      waiting.map(each => ({ runId: each.id, text: each.prompt, ts: each.created_at, steer: each.steer }))
    )
  };
}
