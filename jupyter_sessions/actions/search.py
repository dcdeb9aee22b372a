"""Search: places in conversations, with the text around the words; and the upkeep of the index."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Sequence

from ..errors import SessionsError
from ..ids import ProjectId, SessionId, UserId
from ..models.catalog import Page
from ..models.search import Hit
from ..models.text import BIDI
from ..models.words import Term, folded, origins, parse_question
from ..storage import entries, search
from ..storage.search import Found
from ..timeline import Timeline, utf16_length

WIDTH, LEAD = 200, 60
"""Characters of a snippet, and of those in front of the first word that was found."""
BATCH = 200
"""Events that are indexed, or entries that are removed, in one transaction."""
PAUSE_S = 0.02
"""Between two of them, so that others can write."""

_log = logging.getLogger(__name__)
_UNSEEN = dict.fromkeys([*range(32), *range(127, 160), *map(ord, BIDI)], " ")


async def find(
    timeline: Timeline,
    user_id: UserId,
    question: str,
    *,
    project_id: ProjectId | None = None,
    after: int | None = None,
    limit: int = 50,
) -> Page[Hit]:
    """Return a page of hits: first sessions by their names, then places, the newest first."""
    terms = parse_question(question)
    if not terms:
        return Page[Hit](items=[])
    pattern = re.compile("|".join(term.pattern for term in terms))
    hits: list[Found] = []
    async with timeline.database.read() as conn:
        if after is None:
            hits = await search.find_names(
                conn, user_id, _matcher(terms), project_id=project_id, limit=limit
            )
        found = await search.find_passages(
            conn, user_id, terms, project_id=project_id, before=after, limit=limit
        )
    following = str(found[-1].id) if len(found) == limit else None
    shown = await asyncio.to_thread(lambda: [_hit(each, pattern) for each in hits + found])
    return Page[Hit](items=_once(shown), next=following)


async def keep_index(timeline: Timeline, deleted: asyncio.Event) -> None:
    """Index what was there before search was, then remove the words of projects that were deleted.

    For as long as the server runs, in small transactions, from where the last server came to;
    ``deleted`` says that there is more to remove.
    """
    while True:
        deleted.clear()
        try:
            await _forget_projects(timeline)
            await _index_backlog(timeline)
        except SessionsError as error:
            _log.warning("The index of the search is not up to date: %s", error)
        await deleted.wait()


async def _forget_projects(timeline: Timeline) -> None:
    async with timeline.database.read() as conn:
        gone = await entries.list_deleted_projects(conn)
    for project_id in gone:
        await _forget_project(timeline, project_id)


async def _forget_project(timeline: Timeline, project_id: ProjectId) -> None:
    left = True
    while left:
        left = await timeline.write(
            lambda entry: entries.remove_entries(entry.conn, project_id, BATCH)
        )
        await asyncio.sleep(PAUSE_S)


async def _index_backlog(timeline: Timeline) -> None:
    left = True
    while left:
        left = await timeline.write(lambda entry: entries.index_backlog(entry.conn, BATCH))
        await asyncio.sleep(PAUSE_S)


def _matcher(terms: Sequence[Term]) -> Callable[[str], bool]:
    patterns = [re.compile(term.pattern) for term in terms]

    def matches(name: str) -> bool:
        plain = folded(name)
        return all(pattern.search(plain) for pattern in patterns)

    return matches


def _hit(found: Found, pattern: re.Pattern[str]) -> Hit:
    snippet, marks = excerpt(found.text, pattern)
    return Hit(
        project_id=found.project_id,
        project=found.project,
        session_id=found.session_id,
        session=found.session,
        seq=found.seq,
        kind=found.kind,
        ts=found.ts,
        snippet=snippet,
        marks=marks,
    )


def excerpt(text: str, pattern: re.Pattern[str]) -> tuple[str, list[tuple[int, int]]]:
    """Return the text around the first match, in one line, and where in it matches are."""
    line = " ".join(text.translate(_UNSEEN).split())
    plain, places = folded(line), origins(line)
    spans = [(places[each.start()], places[each.end()]) for each in pattern.finditer(plain)]
    begin = _begin(line, spans[0][0] if spans else 0)
    snippet = line[begin : begin + WIDTH]
    marks = [
        (_utf16(snippet, low - begin), _utf16(snippet, high - begin))
        for low, high in spans
        if begin <= low < high and low - begin < len(snippet)
    ]
    return snippet, marks


def _begin(line: str, hit: int) -> int:
    """Return where a snippet begins: a little before the hit, and at a word."""
    begin = min(hit - LEAD, len(line) - WIDTH)
    if begin <= 0:
        return 0
    space = line.find(" ", begin, hit)
    return begin if space < 0 else space + 1


def _utf16(text: str, at: int) -> int:
    return utf16_length(text[:at])


def _once(hits: list[Hit]) -> list[Hit]:
    """Leave out what the log says twice: a cell that is written and then run, say."""
    seen: set[tuple[SessionId, str, str]] = set()
    kept = []
    for hit in hits:
        key = (hit.session_id, hit.kind, hit.snippet)
        if key not in seen or hit.kind == "name":
            kept.append(hit)
        seen.add(key)
    return kept
