"""Old versions are thinned by the server, for those who use it."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from datetime import timedelta

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from sqlalchemy import func, select

from jupyter_sessions.ids import UserId
from jupyter_sessions.models.base import utcnow
from jupyter_sessions.server import backend as module
from jupyter_sessions.server.upkeep import tidy
from jupyter_sessions.storage.schema import operation


@pytest.fixture
def database(backend):
    return backend.timeline.database


async def count(database):
    async with database.read() as conn:
        return (await conn.execute(select(func.count()).select_from(operation))).scalar_one()


async def test_a_project_is_tidied_although_its_folder_is_gone(
    api, project, backend, database, jp_root_dir
):
    file = jp_root_dir / project["path"] / "a.ipynb"
    path = f"projects/{project['id']}/versions"
    for number in range(5):
        file.write_text(json.dumps(new_notebook(cells=[new_code_cell(str(number), id="one")])))
        await api("GET", path, notebook="a.ipynb")
    shutil.rmtree(file.parent)
    day = utcnow().replace(hour=12) - timedelta(days=40)
    await database.write(
        lambda transaction: transaction.conn.execute(operation.update().values(created_at=day))
    )
    user = UserId((await api("GET", "status"))["user"])
    assert user in backend.watch.users
    await tidy(database, UserId("mallory"), lambda: False)
    assert await count(database) == 5
    await tidy(database, user, lambda: False)
    assert await count(database) == 2  # the one that was found, and the last


async def test_the_server_is_busy_while_a_run_is_at_work(conversation, script, backend):
    seen = []

    async def look():
        seen.append(backend.runner.is_busy)
        return "Done."

    script(look)
    await conversation.say("Go.")
    assert seen == [True]
    assert not backend.runner.is_busy


async def test_a_start_that_fails_leaves_nothing_open_and_the_next_one_works(
    jp_serverapp, tmp_path, monkeypatch
):
    app = jp_serverapp.web_app.settings["jupyter_sessions"]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    async def broken(*_):
        raise RuntimeError("broken")

    # Nothing that can be had here breaks at this step; it must not be the end if something does.
    monkeypatch.setattr(module, "finish_left", broken)
    with pytest.raises(RuntimeError, match="broken"):
        await app.backend()
    folder = tmp_path / "db"
    opened = [each.path for each in psutil.Process().open_files()]
    assert [path for path in opened if path.startswith(str(folder))] == []
    assert list((folder / "sessions.db-servers").iterdir()) == []
    assert list(temporary.glob("jupyter-sessions-*")) == []
    monkeypatch.undo()
    assert (await app.backend()).presence is not None


async def test_a_request_that_waits_ends_with_the_server(notebook, jp_serverapp, caplog):
    in_flight = jp_serverapp.web_app.settings["jupyter_sessions"].in_flight
    notebook.write("1")
    kernel = await notebook.start()
    await kernel.run("1")
    request = kernel.send("import time; time.sleep(600)")  # until it is interrupted
    asked = asyncio.create_task(notebook.fork("a"))  # it waits for the end of the cell
    async with asyncio.timeout(60):
        while not in_flight.tasks:
            await asyncio.sleep(0.01)
        [task] = in_flight.tasks
        await in_flight.end()
    assert task.done()
    assert not task.cancelled()
    assert in_flight.tasks == set()
    assert [each for each in caplog.records if each.exc_info] == []
    asked.cancel()
    await kernel.manager.interrupt_kernel()
    await kernel.finish(request)
