"""Rows of authors: who wrote how many lines, for each source that a cell has had."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, select

from ..ids import NotebookId
from .connections import Conn
from .prepared import made_once
from .schema import authored

Lines = tuple[tuple[int, str], ...]
"""Neighbouring lines of one author: their number, and a key that ``branches`` gives."""
MAX_NAMED = 500
_LINES = made_once(
    select(authored.c.cell_id, authored.c.source, authored.c.lines).where(
        authored.c.notebook_id == bindparam("notebook"),
        authored.c.source.in_(bindparam("sources", expanding=True)),
    ),
    "sources",
)

_INSERT = made_once(authored.insert())


async def get_lines(
    conn: Conn, notebook_id: NotebookId, sources: Collection[str]
) -> dict[tuple[str, str], Lines]:
    """Return the authors of sources, by cell and digest of the source."""
    wanted = [bytes.fromhex(digest) for digest in sources]
    found: dict[tuple[str, str], Lines] = {}
    for start in range(0, len(wanted), MAX_NAMED):
        keys = {"notebook": notebook_id, "sources": wanted[start : start + MAX_NAMED]}
        for cell_id, source, text in await conn.execute(_LINES, keys):
            lines = tuple((count, key) for count, key in json.loads(text))
            found[cell_id, source.hex()] = lines
    return found


async def add_lines(
    conn: Conn, notebook_id: NotebookId, new: Mapping[tuple[str, str], Lines]
) -> None:
    """Insert the authors of sources that have none yet."""
    rows = [
        {
            "notebook_id": notebook_id,
            "cell_id": cell_id,
            "source": bytes.fromhex(digest),
            "lines": json.dumps(lines, separators=(",", ":")),
        }
        for (cell_id, digest), lines in new.items()
    ]
    if rows:
        await conn.execute(_INSERT, rows)
