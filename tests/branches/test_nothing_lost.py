"""Whatever people, agents, merges and undos do in turn: no cell is lost."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from jupyter_sessions.actions.approvals import approve
from jupyter_sessions.actions.merges import decide, propose, read_preview
from jupyter_sessions.actions.run_undo import redo_run, undo_run
from jupyter_sessions.actions.runs import Outcome, end_run
from jupyter_sessions.actions.undo import restore_version, undo_operation
from jupyter_sessions.branches.recording import By
from jupyter_sessions.branches.shelf import load_manifests, load_pieces
from jupyter_sessions.errors import Conflict
from jupyter_sessions.ids import OperationId
from jupyter_sessions.models.branch import Branch
from jupyter_sessions.models.merge import CellDecision, MergeDecisions
from jupyter_sessions.models.version import UndoRun
from jupyter_sessions.storage import operations
from jupyter_sessions.storage.branches import list_branches
from jupyter_sessions.storage.database import open_database

from .world import USER, World, open_world, sqlite_url

Cells = dict[str, str]
choices = st.sampled_from(["ours", "theirs", "both"])
places = st.integers(0, 5)
edits = st.lists(
    st.tuples(st.sampled_from(["edit", "edit", "add", "delete", "move"]), places), max_size=3
)


class Histories(RuleBasedStateMachine):
    """One notebook on several branches; every source is written only once."""

    branches = Bundle("branches")
    runs = Bundle("runs")
    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.count = 0
        self.world = self.run(self._open())

    def teardown(self) -> None:
        self.run(self.world.database.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    async def _open(self) -> World:
        served = self.folder / "served"
        (served / "p").mkdir(parents=True)
        database = await open_database(sqlite_url(self.folder))
        return await open_world(served / "p", database, AsyncLargeFileManager(root_dir=str(served)))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    @initialize(target=branches)
    def begin(self) -> Branch:
        main = self.run(self.world.main())
        self.run(self.world.save(main, {"a": "a0", "b": "b0", "c": "c0"}))
        return main

    @rule(target=branches, parent=branches)
    def fork(self, parent: Branch) -> Branch:
        return self.run(self.world.fork(f"branch {self.fresh()}", parent))

    @rule(branch=branches, edits=edits)
    def save(self, branch: Branch, edits: list[tuple[str, int]]) -> None:
        self.a_person_saves(branch, edits)

    def a_person_saves(self, branch: Branch, edits: list[tuple[str, int]]) -> None:
        cells = self.edited(branch, edits)
        self.run(self.world.save(branch, cells, by=USER))
        self.check({branch.id: cells})

    @rule(target=runs, branch=branches, first=edits, between=edits, last=edits)
    def an_agent_runs(self, branch: Branch, first: Any, between: Any, last: Any) -> Any:
        run = self.run(self.world.run())
        by = By("agent", run.session_id, run.id)
        before = self.head(branch)
        for edits, who in ((first, by), (between, USER), (last, by)):
            self.run(self.world.save(branch, self.edited(branch, edits), by=who))
        self.run(end_run(self.world.timeline, self.world.scope, run.id, Outcome("completed")))
        return run, branch, before, not between

    @rule(target=made, source=branches, into=branches, choice=choices)
    def merge(self, source: Branch, into: Branch, choice: str) -> Any:
        if source.id == into.id:
            return multiple()
        world, before = self.world, self.heads()
        asked = self.run(propose(world.timeline, world.scope, source.id, into.id))
        shown = self.run(read_preview(world.shelf, asked.id))
        conflicts = [
            CellDecision(
                notebook=each.notebook,
                cell_id=item.cell_id,
                choice="theirs" if choice == "both" and item.conflict != "source" else choice,
            )
            for each in shown.notebooks
            for item in each.items
            if item.conflict
        ]
        shown = self.run(decide(world.shelf, asked.id, MergeDecisions(decisions=conflicts)))
        if not shown.notebooks:
            return multiple()
        done = self.run(approve(world.timeline, world.shelf, asked.id, shown.token))
        self.check(before, but=into)
        # Nothing that only the target had is gone.
        ours, theirs = before[into.id] or {}, before[source.id] or {}
        own = {name: text for name, text in ours.items() if name not in theirs}
        now = self.head(into) or {}
        for name, text in own.items():
            assert now.get(name) == text or self.had(source, name)
        return done.operation

    @rule(ran=runs, force=st.booleans(), since=edits)
    def undo(self, ran: Any, force: bool, since: list[tuple[str, int]]) -> None:
        run, branch, before, alone = ran
        if since:
            self.a_person_saves(branch, since)
        heads, own, last = self.heads(), self.run(self.of_run(run.id)), self.is_last(run, branch)
        changes = self.run(
            undo_run(self.world.timeline, self.world.shelf, run.id, UndoRun(force=force))
        )
        self.check(heads, but=branch)
        now = self.head(branch) or {}
        if not force:
            for name, text in (heads[branch.id] or {}).items():
                assert text in own or now.get(name) == text, "a cell of someone else's"
        if alone and not changes.left and last:
            assert now == before

    @rule(ran=runs)
    def redo(self, ran: Any) -> None:
        heads = self.heads()
        try:
            self.run(redo_run(self.world.timeline, self.world.shelf, ran[0].id))
        except Conflict:
            return
        self.check(heads, but=ran[1])

    @rule(operation=made)
    def undo_a_merge(self, operation: OperationId) -> None:
        heads, branch = self.heads(), self.run(self.branch_of(operation))
        try:
            self.run(undo_operation(self.world.timeline, self.world.shelf, operation))
        except Conflict:
            return
        self.check(heads, but=branch)

    @rule(branch=branches, back=st.integers(0, 5))
    def restore(self, branch: Branch, back: int) -> None:
        heads, versions = self.heads(), self.run(self.history(branch))
        if not versions:
            return
        wanted = versions[back % len(versions)]
        try:
            self.run(restore_version(self.world.timeline, self.world.shelf, wanted, "n.ipynb"))
        except Conflict:
            return
        self.check(heads, but=branch)

    def fresh(self) -> int:
        self.count += 1
        return self.count

    def edited(self, branch: Branch, edits: list[tuple[str, int]]) -> Cells:
        cells = list((self.head(branch) or {}).items())
        for kind, place in edits:
            at = place % len(cells) if cells else 0
            if kind == "add" or not cells:
                cells.insert(at, (f"n{self.fresh()}", f"source {self.fresh()}"))
            elif kind == "edit":
                cells[at] = (cells[at][0], f"source {self.fresh()}")
            elif kind == "move":
                cells.append(cells.pop(at))
            else:
                del cells[at]
        return dict(cells)

    def head(self, branch: Branch) -> Cells | None:
        return self.run(self.world.head(branch))

    def heads(self) -> dict[str, Cells | None]:
        return {each.id: self.head(each) for each in self.run(self.all_branches())}

    async def all_branches(self) -> list[Branch]:
        async with self.world.database.read() as conn:
            return await list_branches(conn, self.world.scope)

    async def history(self, branch: Branch) -> list[OperationId]:
        state = await self.world.state(branch)
        async with self.world.database.read() as conn:
            found = await operations.list_history(conn, branch.id, state.notebook_id)
        return [operation.id for operation, _ in found]

    async def branch_of(self, operation: OperationId) -> Branch:
        async with self.world.database.read() as conn:
            found = await operations.get_operation(conn, self.world.scope, operation)
        return await self.world.branch(found.branch_id)

    async def texts(self, versions: set[Any]) -> list[Cells]:
        """Return versions as cells with their sources."""
        shelf = self.world.shelf
        manifests = await load_manifests(shelf, versions)
        sources = {entry.source for each in manifests.values() for entry in each.cells}
        pieces = await load_pieces(shelf, sources)
        return [
            {entry.id: pieces[entry.source].decode() for entry in each.cells}
            for each in manifests.values()
        ]

    async def kept(self, branch: Branch) -> list[Cells]:
        """Return all states that a branch can be brought back to."""
        state = await self.world.state(branch)
        async with self.world.database.read() as conn:
            found = await operations.list_history(conn, branch.id, state.notebook_id)
        versions = {id_ for _, each in found for id_ in (each.old_version, each.new_version)}
        return await self.texts((versions | {state.version_id}) - {None})

    async def of_run(self, run_id: Any) -> set[str]:
        """Return the sources that a run itself wrote."""
        async with self.world.database.read() as conn:
            found = await operations.list_run(conn, self.world.scope, run_id)
        own: set[str] = set()
        for _, [change] in found:
            [after] = await self.texts({change.new_version})
            befores = await self.texts({change.old_version} - {None})
            own |= set(after.values()) - {text for each in befores for text in each.values()}
        return own

    def had(self, branch: Branch, name: str) -> bool:
        """Tell whether a branch has ever had a cell: then it has deleted it."""
        parents = [branch]
        while parents[-1].parent is not None:
            parents.append(self.run(self.world.branch(parents[-1].parent)))
        return any(name in cells for each in parents for cells in self.run(self.kept(each)))

    def is_last(self, run: Any, branch: Branch) -> bool:
        """Tell whether nothing was done on the branch after the run."""
        last = self.run(self.history(branch))[:1]
        return bool(last) and last[0] in self.run(self.operations_of(run.id))

    async def operations_of(self, run_id: Any) -> set[OperationId]:
        async with self.world.database.read() as conn:
            found = await operations.list_run(conn, self.world.scope, run_id)
        return {operation.id for operation, _ in found}

    def check(self, before: dict[str, Cells | None], but: Branch | None = None) -> None:
        """Everything that was there is there, or can be brought back; files are what is known."""
        now = self.heads()
        for id_, cells in before.items():
            if but is not None and id_ == but.id:
                assert cells is None or cells in self.run(self.kept(but))
            else:
                assert now[id_] == cells
        for branch in self.run(self.all_branches()):
            if self.world.file(branch).exists():
                assert self.world.sources(branch) == now[branch.id]
        assert self.world.leftovers() == []


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)
