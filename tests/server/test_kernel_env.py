"""What a kernel is given, and that a notebook has one."""

from __future__ import annotations

import asyncio
import json


async def test_a_notebook_gets_one_kernel_when_two_start_it_at_once(jp_fetch, jp_serverapp):
    body = {"path": "a.ipynb", "name": "", "type": "notebook", "kernel": {"name": "python3"}}
    responses = await asyncio.gather(
        *(jp_fetch("api", "sessions", method="POST", body=json.dumps(body)) for _ in range(4))
    )
    kernels = {json.loads(response.body)["kernel"]["id"] for response in responses}
    assert len(kernels) == 1
    await jp_serverapp.kernel_manager.shutdown_all()
