"""The list of sessions in the browser: ``python -m tests.bench.bench_list``.

1,000 sessions: from the click on the Chats tab to painted rows; scrolled to the end and back, with
the frames and the long tasks that it took; walked through by keyboard. Then from a drop, and from a
rename, in one window to the frame in which another window shows it.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from jupyter_sessions.ids import ProjectId, SessionId, UserId, new_id
from jupyter_sessions.models.event import SessionChangedData, SessionCreated
from jupyter_sessions.models.scope import Scope
from jupyter_sessions.storage import sessions
from jupyter_sessions.storage.database import open_database
from jupyter_sessions.timeline import Entry, Origin, Timeline
from tests.ui.conftest import ARGUMENTS, Lab

COUNT = 1000
MOVES = 20
# Two seconds of frames on the way down, two on the way back, as a wheel that is turned fast.
SCROLL = """() => new Promise(resolve => {
  const list = document.querySelector('.jps-List');
  const tasks = [];
  new PerformanceObserver(found => tasks.push(...found.getEntries().map(each => each.duration)))
    .observe({entryTypes: ['longtask']});
  const frames = [];
  const end = list.scrollHeight - list.clientHeight;
  const begun = performance.now();
  let before = begun;
  const step = now => {
    frames.push(now - before);
    before = now;
    const part = (now - begun) / 2000;
    list.scrollTop = end * (part < 1 ? part : 2 - part);
    if (part < 2) { requestAnimationFrame(step); }
    else { setTimeout(() => resolve({frames: frames.slice(1), tasks,
      rows: list.querySelectorAll('.jps-Row').length}), 500); }
  };
  requestAnimationFrame(step);
})"""
# Resolves with the time of the frame that shows what is waited for.
WATCH = """([kind, value]) => new Promise(resolve => {
  const names = () => [...document.querySelectorAll('.jps-Row')]
    .map(row => [Number(row.getAttribute('aria-rowindex')),
      row.querySelector('.jps-Row-text')?.textContent])
    .sort((a, b) => a[0] - b[0]).map(each => each[1]);
  const look = () => {
    const shown = kind === 'first' ? names()[0] === value : names().includes(value);
    if (shown) { resolve(Date.now()); } else { requestAnimationFrame(look); }
  };
  look();
})"""


async def seed(url: str, user: str, project: str) -> None:
    """Write the sessions straight into the database."""
    timeline = Timeline(await open_database(url))
    scope = Scope(UserId(user), ProjectId(project))

    async def write(entry: Entry) -> None:
        for number in range(COUNT):
            made = await sessions.add_session(entry.conn, scope, f"Session {number:04}")
            data = SessionChangedData(name=made.name, status=made.status)
            entry.append(Origin(scope, SessionId(made.id)), SessionCreated, data, actor="user")

    await timeline.write(write)
    await timeline.database.close()


def open_window(browser, lab: Lab, project: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(f"{lab.url}/lab/workspaces/b{new_id()}?token={lab.token}&sessions-project={project}")
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    page.locator(".jps-Row").nth(5).wait_for()
    return page


def latencies(here: Page, there: Page) -> tuple[list[float], list[float]]:
    """Milliseconds from a step in one window to its frame in the other: moves, renames."""
    moves, renames = [], []
    for number in range(MOVES):
        second = here.locator(".jps-Row[aria-rowindex='2']")
        name = second.locator(".jps-Row-text").inner_text()
        second.focus()
        there.evaluate("args => { window.seen = (" + WATCH + ")(args) }", ["first", name])
        begun = here.evaluate(
            """() => { const begun = Date.now(); document.activeElement.dispatchEvent(
              new KeyboardEvent('keydown', {key: 'ArrowUp', altKey: true, bubbles: true}));
              return begun }"""
        )
        moves.append(there.evaluate("() => window.seen") - begun)
        name = f"Renamed {number}"
        here.locator(".jps-Row[aria-rowindex='1']").focus()
        here.keyboard.press("F2")
        here.keyboard.insert_text(name)
        there.evaluate("args => { window.seen = (" + WATCH + ")(args) }", ["any", name])
        begun = here.evaluate(
            """() => { const begun = Date.now(); document.activeElement.dispatchEvent(
              new KeyboardEvent('keydown', {key: 'Enter', bubbles: true})); return begun }"""
        )
        renames.append(there.evaluate("() => window.seen") - begun)
    return moves, renames


def said(what: str, times: list[float]) -> None:
    half, most = statistics.median(times), max(times)
    print(f"{what}: median {half:.0f} ms, max {most:.0f} ms (figure: <= 300)")


def main() -> None:
    lab = Lab(Path(tempfile.mkdtemp()))
    lab.start()
    project = lab.api("POST", "projects", {"name": "Bench"})["id"]
    user = lab.api("GET", "status")["user"]
    asyncio.run(seed(f"sqlite:///{lab.database}", user, project))
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        here = open_window(browser, lab, project)
        time.sleep(5)  # JupyterLab itself is still loading parts of it
        scrolled = here.evaluate(SCROLL)
        there = open_window(browser, lab, project)
        moves, renames = latencies(here, there)
        browser.close()
    lab.stop()
    frames = sorted(scrolled["frames"])
    tasks = [task for task in scrolled["tasks"] if task > 50]
    print(
        f"{COUNT} sessions scrolled down and up in 4 s: {len(frames)} frames, "
        f"p95 {frames[int(len(frames) * 0.95)]:.1f} ms, {scrolled['rows']} rows drawn; "
        f"long tasks over 50 ms: {len(tasks)} {tasks or ''} (figure: 0)"
    )
    said("a move on the other window's screen", moves)
    said("a rename on the other window's screen", renames)
    sys.exit(1 if tasks else 0)


if __name__ == "__main__":
    main()
