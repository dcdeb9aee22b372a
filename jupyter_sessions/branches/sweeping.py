"""Removing what no version is made of any more, in slices, beside those who work.

What is used is found out without keeping anyone waiting; just before something goes it is looked at
again, while nobody can record. Who records finds out in turn whether all that it refers to is
still there: see ``Prepared.add``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from ..ids import VersionId
from ..notebooks.manifest import chunks_of, decode, digests_of
from ..storage import thinning, versions
from ..storage.connections import Conn, aside
from ..storage.writer import Transaction
from .shelf import Rows

AGE = timedelta(days=1)
"""Younger pieces and versions may belong to something that is being written."""
SLICE = 500
MARGIN = 10_000
"""Versions whose numbers were given out earlier may be committed later, in PostgreSQL."""
Busy = Callable[[], bool]


async def sweep(rows: Rows, *, age: timedelta = AGE, is_busy: Busy = lambda: False) -> int:
    """Remove versions and pieces of a project that are not used; return how many pieces went."""
    removed = SLICE
    while removed == SLICE and not is_busy():
        removed = await rows.database.write(partial(_remove_versions, rows, age))
    return 0 if is_busy() else await _sweep_pieces(rows, age, is_busy)


async def _remove_versions(rows: Rows, age: timedelta, transaction: Transaction) -> int:
    conn = transaction.conn
    await thinning.lock(conn, rows.scope)
    unused = await thinning.list_unused(conn, rows.scope, age=age, limit=SLICE)
    await versions.remove_versions(conn, rows.scope, unused)
    return len(unused)


async def _sweep_pieces(rows: Rows, age: timedelta, is_busy: Busy) -> int:
    used, looked_at = await _used(rows)
    gone, after = 0, ""
    while not is_busy():
        async with rows.database.read() as conn:
            old = await thinning.list_old_pieces(conn, rows.scope, age=age, after=after)
        if not old:
            break
        after = old[-1]
        waiting = [digest for digest in old if digest not in used]
        for start in range(0, len(waiting), SLICE):
            some = set(waiting[start : start + SLICE])
            gone += await rows.database.write(partial(_remove_pieces, rows, some, looked_at))
    return gone


async def _used(rows: Rows) -> tuple[set[str], set[VersionId]]:
    """Return what versions are made of, and the versions that were looked at."""
    used: set[str] = set()
    looked_at: set[VersionId] = set()
    while True:
        async with rows.database.read() as conn:
            found = await versions.list_roots(
                conn, rows.scope, after=max(looked_at, default=0), limit=SLICE
            )
            if not found:
                return used, looked_at
            used |= await _made_of(conn, rows, [root for _, root in found])
        looked_at |= {id_ for id_, _ in found}


async def _made_of(conn: Conn, rows: Rows, roots: Sequence[bytes]) -> set[str]:
    names = {chunk for root in roots for chunk in chunks_of(root)}
    chunks = await versions.get_pieces(conn, rows.scope, names)

    def digests() -> set[str]:
        found: set[str] = set(names)
        for root in roots:
            found |= digests_of(decode(root, lambda digest: chunks[digest]))
        return found

    return await aside(conn, digests)


async def _remove_pieces(
    rows: Rows, digests: set[str], looked_at: set[VersionId], transaction: Transaction
) -> int:
    """Remove pieces, but for those of versions that came meanwhile."""
    conn = transaction.conn
    await thinning.lock(conn, rows.scope)
    after = max(looked_at, default=0) - MARGIN
    came = await versions.list_ids(conn, rows.scope, after=after) - looked_at
    roots = await versions.get_roots(conn, rows.scope, came)
    gone = digests - await _made_of(conn, rows, list(roots.values()))
    await thinning.remove_pieces(conn, rows.scope, gone)
    return len(gone)
