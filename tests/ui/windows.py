"""Windows of JupyterLab that outlive a test: what starts for seconds is used again, as new."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Error, Page

VIEWPORT = {"width": 1389, "height": 868}
CORE = """() => {
  const { pluginRegistry } = window.jupyterapp;
  const token = [...pluginRegistry._services.keys()]
    .find(each => each.name === 'jupyter-sessions:ISessions');
  return window.jupyterapp.resolveRequiredService(token);
}"""
"""What our plugins share in a window."""
EMPTY = """async () => {
  const { shell, commands, restored } = window.jupyterapp;
  await restored;
  for (const area of ['main', 'down']) {
    [...shell.widgets(area)].forEach(widget => widget.dispose());
  }
  shell.collapseRight();
  shell.expandLeft();
  shell.activateById('filebrowser');
  await commands.execute('filebrowser:go-to-path', { path: '/' });
  window.sessionStorage.clear();
  window.localStorage.clear();
}"""
"""Closes all tabs without a question, and shows the files beside them, as after the start."""
QUIET = """() => {
  document.querySelectorAll('.jp-Notification-Toast-Close').forEach(button => button.click());
  const over = document.querySelectorAll('body > :not(#main, #react-toastify-container)');
  return !document.querySelector('.Toastify__toast')
    && [...over].every(node => !node.checkVisibility())
    && document.querySelector('.jp-Launcher') !== null;
}"""
"""Dismisses what notifies; true once nothing lies over the window, and the launcher is there."""
FORGET = f"""async () => {{
  const {{ projects }} = await ({CORE})();
  const old = projects.items.map(project => project.id);
  await projects.load();
  for (const id of old.filter(id => !projects.get(id))) {{
    projects.sessionsOf(id).dispose();
    projects.branchesOf(id).dispose();
  }}
}}"""
"""Reads the projects as the start does, and lets go of those that are not there any more."""
TREE = """async path => {
  const { shell, commands } = window.jupyterapp;
  await commands.execute('filebrowser:open-path', { path });
  [...shell.widgets('main')].filter(widget => widget !== shell.currentWidget)
    .forEach(widget => widget.dispose());
}"""
SELECT = f"""async id => {{
  (await ({CORE})()).projects.select(id);
  await window.jupyterapp.commands.execute('jupyter-sessions:show-chats');
}}"""


DEADLINE = 10_000
"""Milliseconds after which a window that does not come to rest is given up."""


class Windows:
    """Windows of one JupyterLab that no test uses now."""

    def __init__(self) -> None:
        self.free: list[Page] = []

    def take(self, path: str) -> Page | None:
        """Have a free window show what this path of JupyterLab shows after its start."""
        while self.free:
            page = self.free.pop()
            try:
                self._show(page, path)
            except Error:
                page.context.close()
            else:
                return page
        return None

    def give_back(self, page: Page) -> bool:
        """Keep a window for the next test, if it can be made as it was when it came."""
        if page.locator(".jp-Dialog").count() > 0:
            return False
        try:
            self._tidy(page)
        except Error:
            return False
        self.free.append(page)
        return True

    def close(self) -> None:
        for page in self.free:
            page.context.close()

    @staticmethod
    def _tidy(page: Page) -> None:
        page.unroute_all()
        page.mouse.up()
        page.mouse.move(0, 0)
        page.set_viewport_size(VIEWPORT)
        run(page, EMPTY)
        page.wait_for_function(QUIET, timeout=DEADLINE / 2)

    @staticmethod
    def _show(page: Page, path: str) -> None:
        run(page, FORGET)
        address = urlsplit(path)
        if address.path.startswith("/lab/tree/"):
            run(page, TREE, address.path.removeprefix("/lab/tree/"))
        for project in parse_qs(address.query).get("sessions-project", []):
            run(page, SELECT, project)


def run(page: Page, script: str, arg: Any = None) -> None:
    """Run an asynchronous function in a window, within the deadline."""
    page.evaluate(
        f"""([arg, deadline]) => Promise.race([
          ({script})(arg),
          new Promise((_, reject) => setTimeout(() => reject(new Error('late')), deadline))
        ])""",
        [arg, DEADLINE],
    )
