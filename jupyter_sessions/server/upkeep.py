"""What is tidied up now and then, while no agent works: old versions of notebooks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection

from ..branches.shelf import DatabaseRows
from ..branches.sweeping import sweep
from ..branches.thinning import thin
from ..errors import SessionsError
from ..ids import UserId
from ..storage import projects
from ..storage.database import Database

FIRST_S, EVERY_S, BUSY_S = 600.0, 6 * 3600.0, 60.0
"""Seconds before the first time, between two times, and until a busy server is looked at again."""
MAX_PROJECTS = 100_000
_log = logging.getLogger(__name__)


async def keep_tidy(
    database: Database,
    users: Callable[[], Collection[UserId]],
    is_busy: Callable[[], bool],
) -> None:
    """Thin the versions of these users' projects, and remove what nothing refers to, for ever."""
    await asyncio.sleep(FIRST_S)
    while True:
        for user_id in list(users()):
            await tidy(database, user_id, is_busy)
        await asyncio.sleep(EVERY_S)


async def tidy(database: Database, user_id: UserId, is_busy: Callable[[], bool]) -> None:
    """Do it once, for the projects of one user."""
    async with database.read() as conn:
        rows = await projects.list_projects(conn, user_id, limit=MAX_PROJECTS)
    for row in rows:
        while is_busy():  # noqa: ASYNC110  # runs are counted, nobody tells when the last ends
            await asyncio.sleep(BUSY_S)
        try:
            await thin(DatabaseRows(database, row.scope), is_busy=is_busy)
            await sweep(DatabaseRows(database, row.scope), is_busy=is_busy)
        except SessionsError as error:  # the disk is full, say: the next time may do better
            _log.warning("The versions of project %s were not thinned: %s", row.id, error)
        except Exception:  # nobody waits for this: without the log it would be lost
            _log.exception("The versions of project %s were not thinned", row.id)
