"""What is asked of one notebook does not take longer when a project has many others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from jupyter_sessions.ids import MAIN, BranchId, OperationId
from jupyter_sessions.models.branch import Branch
from jupyter_sessions.models.scope import Scope
from jupyter_sessions.storage import branches, heads, operations, states
from jupyter_sessions.storage.connections import Conn
from jupyter_sessions.storage.database import Database
from jupyter_sessions.storage.heads import Head
from jupyter_sessions.storage.operations import Change
from jupyter_sessions.storage.projects import add_project
from jupyter_sessions.timeline import Timeline

PATH = "deep/n 🎉.ipynb"
MANY = 400


async def record(conn: Conn, scope: Scope, branch_id: BranchId, path: str) -> Head:
    """Add a notebook with two versions, as if it was found and then saved."""
    notebook_id = await heads.add_notebook(conn, scope)
    for change in (
        Change(notebook_id, None, path, None, None),
        Change(notebook_id, path, path, None, None),
    ):
        await operations.add_operation(conn, scope, branch_id, "save", "user", [change])
    head = Head(branch_id, notebook_id, path, None, True)
    await heads.put_head(conn, scope, head)
    return head


async def add(conn: Conn, scope: Scope, name: str) -> Branch:
    return await branches.add_branch(
        conn, scope, name, f"branches/{name}", parent=MAIN, forked_at=OperationId(2**40)
    )


async def test_a_notebook_is_found_by_each_path_that_it_has_had(timeline: Timeline, scope: Scope):
    async def fill(entry: Any) -> tuple[Head, Branch]:
        conn, main = entry.conn, BranchId(MAIN)
        old = await record(conn, scope, main, "old.ipynb")
        branch = await add(conn, scope, "before")
        own = Head(branch.id, old.notebook_id, "old.ipynb", None, False)
        await heads.put_head(conn, scope, own)
        renamed = Change(old.notebook_id, "old.ipynb", PATH, None, None)
        saved = Change(old.notebook_id, PATH, PATH, None, None)
        for change in (renamed, saved):
            await operations.add_operation(conn, scope, main, "save", "user", [change])
        await heads.put_head(conn, scope, Head(main, old.notebook_id, PATH, None, True))
        return old, branch

    head, branch = await timeline.write(fill)

    async def ask(conn: Conn) -> list[Any]:
        main = await branches.get_branch(conn, scope, BranchId(MAIN))
        return [
            await states.list_notebooks(conn, scope, PATH),
            await states.list_notebooks(conn, scope, "old.ipynb"),
            await states.list_notebooks(conn, scope, "never.ipynb"),
            await states.find_state(conn, scope, main, "old.ipynb"),
            await states.find_state(conn, scope, branch, "old.ipynb"),
            [(each.id, own.path) for each, own in
             await branches.list_branches_of(conn, scope, head.notebook_id)],
        ]  # fmt: skip

    there = states.State(head.notebook_id, "old.ipynb", None)
    seen = [(MAIN, PATH), (branch.id, "old.ipynb")]
    assert await timeline.database.query(ask) == [
        [head.notebook_id], [head.notebook_id], [], None, there, seen,
    ]  # fmt: skip


async def test_the_branches_of_a_notebook_are_those_of_its_own_project(
    timeline: Timeline, scope: Scope
):
    async def fill(entry: Any) -> tuple[Head, Scope]:
        other = await add_project(entry.conn, scope.user_id, "Q", "/elsewhere", "cpu")
        return await record(entry.conn, scope, BranchId(MAIN), PATH), other.scope

    head, other = await timeline.write(fill)

    async def ask(conn: Conn) -> list[int]:
        id_ = head.notebook_id
        return [len(await branches.list_branches_of(conn, each, id_)) for each in (scope, other)]

    assert await timeline.database.query(ask) == [1, 0]


@pytest.mark.parametrize("question", ["find_state", "list_branches_of"])
async def test_other_notebooks_do_not_slow_it_down(sqlite: Database, question: str):
    async def first(transaction: Any) -> tuple[Scope, Head, Branch]:
        made = await add_project(transaction.conn, "ada", "P", "/somewhere", "cpu")
        head = await record(transaction.conn, made.scope, BranchId(MAIN), PATH)
        return made.scope, head, await add(transaction.conn, made.scope, "fresh")

    scope, head, fresh = await sqlite.write(first)
    asked: dict[str, Callable[[Conn], Awaitable[Any]]] = {
        "find_state": lambda conn: states.find_state(conn, scope, fresh, PATH),
        "list_branches_of": lambda conn: branches.list_branches_of(conn, scope, head.notebook_id),
    }

    async def steps(conn: Any) -> int:
        """Count what SQLite does for it; a search of all would do it for each of them."""
        count = 0

        def step() -> None:
            nonlocal count
            count += 1

        driver = conn.sync_connection.connection.driver_connection
        driver.set_progress_handler(step, 1)
        try:
            assert await asked[question](conn)
        finally:
            driver.set_progress_handler(None, 1)
        return count

    async def more(transaction: Any) -> None:
        for n in range(MANY):
            branch = await add(transaction.conn, scope, f"b{n}")
            await record(transaction.conn, scope, BranchId(branch.id), f"{n}.ipynb")

    alone = await sqlite.query(steps)
    await sqlite.write(more)
    assert alone > 20
    assert await sqlite.query(steps) < alone + MANY / 10
