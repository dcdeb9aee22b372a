"""Writes a long conversation into a database: ``python seed.py URL USER PROJECT SESSION N``."""

from __future__ import annotations

import asyncio
import sys

from jupyter_sessions.ids import ProjectId, RunId, SessionId, UserId, new_id
from jupyter_sessions.models import event
from jupyter_sessions.models.run import Usage
from jupyter_sessions.models.scope import Scope
from jupyter_sessions.storage import sessions
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.timeline import Origin, Timeline


async def main(url: str, user: str, project: str, session: str, count: str) -> None:
    timeline = Timeline(await open_database(url))
    scope = Scope(UserId(user), ProjectId(project))
    for start in range(0, int(count), 200):

        async def write(entry, start=start):
            for number in range(start, min(start + 200, int(count)), 2):
                origin = Origin(scope, SessionId(session), RunId(new_id()))
                queued = event.RunQueuedData(prompt=f"Question {number}", model="offline")
                entry.append(origin, event.RunQueued, queued, actor="user")
                started = event.RunStartedData(model="offline")
                entry.append(origin, event.RunStarted, started, actor="system")
                data = event.MessageData(text=f"Question {number}")
                entry.append(origin, event.UserMessage, data, actor="user")
                text = f"Answer {number + 1}.\n\n" + "Some **words** to fill the line. " * (
                    number % 9
                )
                said = event.AgentMessageData(text=text)
                entry.append(origin, event.AgentMessage, said, actor="agent")
                done = event.RunCompletedData(usage=Usage(), processing_ms=1)
                entry.append(origin, event.RunCompleted, done, actor="system")

        await timeline.write(write)
    await timeline.write(
        lambda entry: sessions.update_session(entry.conn, scope, SessionId(session), started=True)
    )
    await timeline.database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
