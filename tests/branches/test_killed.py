"""A server that is killed while it saves leaves a whole notebook."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat

SAVE = """
import asyncio, sys
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_sessions.branches.cell_edits import CellEdits
from jupyter_sessions.branches.documents import Documents

async def main():
    manager = AsyncLargeFileManager(root_dir=sys.argv[1])
    edits = CellEdits(Documents(manager, publish=lambda *news: None))
    for number in range(10_000):
        edited = await edits.insert("p", "n.ipynb", f"print({number})")
        print(edited.cell_id, flush=True)

asyncio.run(main())
"""


def test_a_notebook_is_whole_after_a_kill_at_any_moment(
    notebook: Callable[..., Path], jp_root_dir: Path, jp_environ: None
) -> None:
    path = notebook("x" * 100_000)
    saved: list[str] = []
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", SAVE, str(jp_root_dir)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        saved.append(process.stdout.readline().strip())
        # The moment of the kill is the point; nothing waits for it.
        time.sleep(random.uniform(0, 0.1))
        process.kill()
        saved += process.stdout.read().split()
        process.wait()
        process.stdout.close()
        content = json.loads(path.read_text())
        nbformat.validate(content)
        names = {cell["id"] for cell in content["cells"]}
        assert names.issuperset(name for name in saved if len(name) == 8)
