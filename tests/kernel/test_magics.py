"""``%session`` and ``%%session`` in real kernels of a real server."""

from __future__ import annotations


async def test_a_cell_is_sent_and_its_run_is_the_value(notebook, session):
    ran = await notebook.run("%%session\n/list")
    assert ran.status == "ok", ran.error
    assert "list_files" in ran.shown
    assert "Run completed" in ran.value["text/markdown"]
    kept = await notebook.run("run = _\nprint(type(run).__name__, run.status, run.calls[0].tool)")
    assert kept.text == "Run completed list_files\n"


async def test_the_agent_runs_a_cell_in_the_kernel_that_waits_for_it(notebook, session):
    await notebook.run("x = 20")
    ran = await notebook.run("%%session\n```python\ny = x + 1\nprint(y)\n```")
    assert ran.status == "ok", ran.error
    assert "✓ **run_cell**" in ran.shown, ran.shown
    assert (await notebook.run("print(y)")).text == "21\n"
