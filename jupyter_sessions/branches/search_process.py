"""A search in a process of its own, which is killed when its time is over."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from ..errors import BadRequest, SessionsError
from .search import Found, Query


async def search_apart(query: Query) -> Found:
    """Return what is found. Raises BadRequest when it takes too long, SessionsError otherwise."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "jupyter_sessions.branches.search",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )
    try:
        async with asyncio.timeout(query.seconds + 2):
            out, _ = await child.communicate(json.dumps(asdict(query)).encode())
    except TimeoutError:
        raise BadRequest(
            f"The search for {query.text!r} took too long and was stopped. "
            "Use a simpler expression, or name a folder or a glob."
        ) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise SessionsError("The search failed in its process. Try a simpler expression.")
    answer = json.loads(out)
    answer["matches"] = [tuple(match) for match in answer["matches"]]
    return Found(**answer)
