"""A cell that stays at work until its gate is opened: no test waits for time."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

SOURCE = """\
import pathlib, time
print("begun", flush=True)
while not pathlib.Path({gate!r}).exists():
    time.sleep(0.05)
print("ended", flush=True)"""


class Gate:
    """Holds a cell at work until it is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def message(self) -> str:
        """What to say to the offline agent, which runs it."""
        return f"```python\n{SOURCE.format(gate=str(self.path))}\n```"

    def hold(self, page: Page) -> None:
        """Have the agent run the cell, and wait until it has begun."""
        box = page.get_by_label("Message to the agent")
        box.fill(self.message)
        box.press("Enter")
        expect(box).to_have_value("")
        cell = page.locator(".jp-Notebook .jp-Cell").last
        expect(cell.locator(".jp-OutputArea")).to_contain_text("begun")

    def open(self) -> None:
        self.path.touch()
