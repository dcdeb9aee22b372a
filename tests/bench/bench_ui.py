"""Opening a conversation in the browser: ``python -m tests.bench.bench_ui``.

From the click on a session's row to the frame in which its last answer is painted, for 10 and for
10,000 entries in turns; with the number of DOM nodes of the log. Then the size of our scripts.
"""

from __future__ import annotations

import gzip
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.ui.conftest import ARGUMENTS, Lab

TOP = Path(__file__).parents[2]
SEED = TOP / "tests" / "ui" / "seed.py"
OPEN = """([name, last]) => new Promise(resolve => {
  const row = [...document.querySelectorAll('[role=row]')].find(e => e.innerText.startsWith(name));
  const begun = performance.now();
  const look = () => {
    const log = document.querySelector('[role=log]');
    if (log && log.innerText.includes(last)) {
      requestAnimationFrame(() => resolve([performance.now() - begun,
        log.querySelectorAll('*').length]));
    } else { requestAnimationFrame(look); }
  };
  row.querySelector('[role=gridcell]').click();
  look();
})"""


def main() -> None:
    lab = Lab(Path(tempfile.mkdtemp()))
    lab.start()
    project = lab.api("POST", "projects", {"name": "Bench"})
    user = lab.api("GET", "status")["user"]
    for name, count in (("Ten", 10), ("Thousands", 10_000)):
        made = lab.api("POST", f"projects/{project['id']}/sessions", {"name": name})
        url = f"sqlite:///{lab.database}"
        command = [sys.executable, SEED, url, user, project["id"], made["id"], str(count)]
        subprocess.run(command, check=True, cwd=TOP)
    results: dict[str, list[tuple[float, int]]] = {"Ten": [], "Thousands": []}
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for number in range(10):
            name, last = [("Ten", "Answer 9."), ("Thousands", "Answer 9999.")][number % 2]
            page = browser.new_page()
            page.goto(f"{lab.url}/lab/workspaces/b{number}?token={lab.token}")
            page.wait_for_selector("#jupyterlab-splash", state="detached")
            page.get_by_role("tab", name="Chats").click()
            page.get_by_role("row").nth(1).wait_for()
            results[name].append(tuple(page.evaluate(OPEN, [name, last])))
            page.close()
        browser.close()
    lab.stop()
    for name, runs in results.items():
        times = [run[0] for run in runs]
        print(
            f"{name:>9}: first paint median {statistics.median(times):.0f} ms, "
            f"max {max(times):.0f} ms (figure: <= 300); {runs[-1][1]} DOM nodes"
        )
    folder = TOP / "jupyter_sessions" / "labextension"
    entry = json.loads((folder / "package.json").read_text())["jupyterlab"]["_build"]["load"]
    print(
        f"entry {entry}: {len(gzip.compress((folder / entry).read_bytes())) / 1000:.1f} kB gzipped"
    )
    whole = sum(len(gzip.compress(f.read_bytes())) for f in folder.glob("static/*.js"))
    print(f"all our scripts, those on demand too: {whole / 1000:.1f} kB gzipped (start: <= 60)")


if __name__ == "__main__":
    main()
