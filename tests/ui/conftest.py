"""A real JupyterLab, driven in the distribution's Chromium."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import urllib.error
import urllib.parse
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect, sync_playwright

from tests.process import Server
from tests.ui.gate import Gate
from tests.ui.layout import watch_layout
from tests.ui.windows import VIEWPORT, Windows

OF_JUPYTERLAB = "Canceled future for create_subshell_request"
"""What it says when a kernel goes that it has just asked for a subshell."""
WORKS = ("running", "queued")
FAILED = pytest.StashKey[bool]()
expect.set_options(timeout=60_000)
ARGUMENTS = [
    "--no-sandbox",  # root in a container
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    # Nothing but our server is reachable. A route of Playwright would switch off the cache.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


# pytest-jupyter owns the event loop of each test; Playwright runs one of its own in this thread.
@pytest.fixture
def jp_asyncio_loop():
    return None


@pytest.fixture
def jp_server_cleanup():
    return None


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.ui)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Show with a failure what the server and the browser said, and what was to be seen."""
    report = yield
    lab = getattr(item, "funcargs", {}).get("lab")
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    if report.failed and lab is not None:
        said = lab.log.read_text(errors="replace").splitlines()
        report.sections.append(("end of the server's log", "\n".join(said[-40:])))
        report.sections.append(("browser", "\n".join(item.funcargs.get("console", [])[-40:])))
        page = item.funcargs.get("page")
        with suppress(AttributeError, Error):  # it is closed, or was never opened
            seen = " | ".join(page.inner_text("body").splitlines())
            report.sections.append(("page", seen[-2000:]))
    return report


class Lab(Server):
    """JupyterLab with our extension."""

    def __init__(self, home: Path, *, collaboration: bool = False) -> None:
        disabled = {"@jupyterlab/apputils-extension:announcements": True}
        others = ("jupyter_collaboration", "jupyter_server_ydoc", "jupyter_server_fileid")
        if not collaboration:
            disabled |= {
                "@jupyter/collaboration-extension": True,
                "@jupyter/docprovider-extension": True,
                # which that package switches off in favour of its own
                "@jupyterlab/filebrowser-extension:defaultFileBrowser": False,
                "@jupyterlab/notebook-extension:cell-executor": False,
            }
        page_config = home / "config" / "labconfig" / "page_config.json"
        page_config.parent.mkdir(parents=True)
        # Nor does each page ask whether to build JupyterLab anew, which starts yarn to find out.
        never = {"buildAvailable": False, "buildCheck": False}
        page_config.write_text(json.dumps({"disabledExtensions": disabled, **never}))
        extensions = [f"--ServerApp.jpserver_extensions={name}={collaboration}" for name in others]
        options = ("--LabApp.extension_manager=readonly", "--LabApp.expose_app_in_browser=True")
        super().__init__(home, *options, *extensions, module="jupyterlab")

    def tidy(self) -> None:
        """Be as it was after the start: no kernel, no project, no file, the settings' defaults."""
        for kind in ("sessions", "kernels"):
            for each in self.api("GET", f"/api/{kind}"):
                with suppress(urllib.error.HTTPError):  # it went with the one before
                    self.api("DELETE", f"/api/{kind}/{each['id']}")
        for project in self.api("GET", "projects")["items"]:
            self.remove(project)
        shutil.rmtree(self.home / "config" / "lab", ignore_errors=True)
        for left in self.root.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()

    def remove(self, project: dict[str, str]) -> None:
        """Delete a project, once its agent is still."""
        for session in self.api("GET", f"projects/{project['id']}/sessions")["items"]:
            path = f"projects/{project['id']}/sessions/{session['id']}"
            with suppress(urllib.error.HTTPError):
                self.api("POST", f"{path}/interrupt", {"kernel": True})
            self.until(lambda path=path: self.api("GET", path)["status"] not in WORKS)
        name = urllib.parse.quote(project["name"])
        self.api("DELETE", f"projects/{project['id']}?confirm={name}")


@pytest.fixture(scope="package")
def the_lab(tmp_path_factory):
    made = Lab(tmp_path_factory.mktemp("lab"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def lab(the_lab):
    yield the_lab
    the_lab.tidy()


@pytest.fixture(scope="package")
def browser():
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        assert "CI" not in os.environ, "Chromium is missing: apt-get install chromium"
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def console():
    """What the pages of a test said: their consoles, and sockets that closed."""
    return []


@pytest.fixture(scope="module")
def windows():
    """Windows of the shared JupyterLab, between the tests of a file."""
    made = Windows()
    yield made
    made.close()


@pytest.fixture
def open_lab(browser, request, console, windows):
    """Open a JupyterLab in a new browser; what it asks of others than its server is noted.

    With ``keep``, one that a test before has left as it came is as good; not with the mark
    ``alone``, for tests of what JupyterLab does at its start.
    """
    opened: list[tuple[Page, bool]] = []
    alone = request.node.get_closest_marker("alone") is not None

    def open_page(lab: Lab, path: str = "/lab", *, keep: bool = False, **options) -> Page:
        keep = keep and not alone and not options
        page = (windows.take(path) if keep else None) or new_page(browser, lab, path, **options)
        opened.append((page, keep))
        page.layout, page.console = "", console
        for said in (page.outside, page.errors):
            said.clear()
        return page

    yield open_page
    folder = os.environ.get("UI_SHOTS")
    if folder and opened and opened[0][0].context.pages:
        opened[0][0].screenshot(path=Path(folder) / f"{request.node.name}.png")
    passed = not request.node.stash.get(FAILED, False)
    for page, keep in opened:
        if not (keep and passed and windows.give_back(page)):
            page.context.close()


def new_page(browser, lab: Lab, path: str, **options) -> Page:
    """Load JupyterLab in a browser that knows nothing."""
    context = browser.new_context(**{"viewport": VIEWPORT, **options})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.console, page.outside, page.errors = [], [], []
    ours = (lab.url, "data:", "blob:")
    page.on("request", lambda asked: asked.url.startswith(ours) or page.outside.append(asked.url))
    page.on("console", lambda said: page.console.append(f"{said.type}: {said.text}"))
    page.on("websocket", lambda it: it.on("close", lambda: page.console.append(f"closed {it.url}")))
    page.on("pageerror", lambda it: OF_JUPYTERLAB in str(it) or page.errors.append(str(it)))
    watch_layout(page)
    # With collaboration, JupyterLab asks when a document takes longer to load.
    slow = page.locator(".jp-Dialog", has_text="taking some time to load")
    page.add_locator_handler(slow, lambda: slow.get_by_text("Continue waiting").click())
    workspace = f"t{secrets.token_hex(4)}"
    place = path.removeprefix("/lab")
    token = f"{'&' if '?' in path else '?'}token={lab.token}"
    page.goto(f"{lab.url}/lab/workspaces/{workspace}{place}{token}")
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    return page


@pytest.fixture
def project(lab):
    """The example project, with its notebook and data."""
    made = lab.api("POST", "projects/example")
    yield made
    lab.remove(made)


@pytest.fixture
def folder(lab, project):
    """The project's folder."""
    return lab.root / project["path"]


@pytest.fixture
def session(lab, project):
    return lab.api("POST", f"projects/{project['id']}/sessions", {"name": "First look"})


@pytest.fixture
def gate(tmp_path):
    made = Gate(tmp_path / "gate")
    yield made
    made.open()


@pytest.fixture
def page(open_lab, lab, project):
    """JupyterLab with the example's notebook open, and the Chats tab beside it."""
    opened = open_lab(lab, f"/lab/tree/{project['path']}/explore.ipynb", keep=True)
    opened.locator(".jp-Notebook .jp-Cell").first.wait_for()
    opened.get_by_role("tab", name="Chats").click()
    opened.get_by_role("grid", name="Sessions").or_(
        opened.get_by_text("A session is a conversation")
    ).first.wait_for()
    return opened
