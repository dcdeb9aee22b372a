"""What a branch has of its source: everything, bit for bit."""

from __future__ import annotations

from typing import Any


async def test_a_branch_goes_on_with_the_variables(source: Any, fork: Any) -> None:
    await source.run("rows = list(range(1000))")
    branch, forked = await fork()
    assert await branch.run("sum(rows)") == "499500"
    assert forked.hazards == []
    print(forked)
