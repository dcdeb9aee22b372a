"""Branches of a server with our extension: their tokens, and the end of the server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.server.conftest import api, jp_server_config, project, session

__all__ = ["api", "jp_server_config", "project", "session"]


async def test_a_branch_has_a_token_of_its_own_and_the_magics_work(
    project: Any, session: Any, attach: Any, forks: Any, jp_serverapp: Any, jp_root_dir: Path
) -> None:
    path = f"{project['path']}/work.ipynb"
    made = await jp_serverapp.session_manager.create_session(
        path=path, name="work.ipynb", type="notebook", kernel_name="python3"
    )
    source = await attach(made["kernel"]["id"])
    show = (
        "import os; print(*(os.environ['JUPYTER_SESSIONS_' + n] for n in ('KERNEL_ID', 'TOKEN')))"
    )
    kernel_id, token = (await source.run(show)).split()
    assert kernel_id == source.id
    assert "Session  Model" in await source.run("%session")
    branch_path = f"{project['path']}/branches/try/work.ipynb"
    await asyncio.to_thread((jp_root_dir / branch_path).parent.mkdir, parents=True)
    branch = await attach((await forks.fork(source.id, branch_path)).kernel_id)
    branch_id, branch_token = (await branch.run(show)).split()
    assert branch_id == branch.id
    assert branch_token != token
    assert "Session  Model" in await branch.run("%session")
    assert (await branch.run("print(__session__)")).endswith("branches/try/work.ipynb")
    await jp_serverapp.kernel_manager.shutdown_kernel(source.id)
    assert "Session  Model" in await branch.run("%session")
