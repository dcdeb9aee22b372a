"""``jupyter sessions demo``: the example project, in JupyterLab or in the terminal."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ..client import Answer, Client, ClientError, NotConnected, Run, Session
from ..client.lines import event_line, printable
from .servers import read_server

Json = dict[str, Any]
Say = Callable[[str], None]
PROJECT, SESSION, NOTEBOOK = "Diabetes example", "First look", "explore.ipynb"
READY_S, STOP_S = 120.0, 20.0
NO_NEWS = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
"""JupyterLab asks about news at its first start, and would look them up."""
MESSAGE = """\
Load the data, tell how strongly each measurement goes with progression, and draw the strongest.

```python
import pandas as pd

patients = pd.read_csv("data/diabetes.csv")
strength = patients.corr()["progression"].drop("progression")
strength = strength.sort_values(key=abs, ascending=False)
print(f"{len(patients)} patients; how strongly measurements go with progression:")
print(strength.round(2).to_string())
```

```python
import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(5, 3.2))
axes.scatter(patients[strength.index[0]], patients["progression"], s=10, alpha=0.6)
axes.set(xlabel=strength.index[0], ylabel="progression after a year")
plt.show()
```
"""


def lab(say: Say, *, port: int | None, browser: bool) -> int:
    """Serve the folder with JupyterLab, and open the example there, until it is stopped."""
    with tempfile.TemporaryDirectory(prefix="jupyter-sessions-") as scratch:
        environment = {**os.environ, "JUPYTER_CONFIG_PATH": _config_path(Path(scratch))}
        options = ["--Application.log_level=WARN", "--LabApp.extension_manager=readonly"]
        options += [] if port is None else [f"--port={port}"]
        try:
            with _server("jupyterlab", options, environment) as (server, about):
                project = _example(Client(about["url"], about["token"]))
                address = _address(about, project, _first_session(about, project))
                say(f"The example project is in {Path(about['root_dir']) / project['path']}")
                say(f"JupyterLab is at {address}")
                say("Stop it with Ctrl-C.")
                if browser:
                    webbrowser.open(address)
                code = server.wait()
        except KeyboardInterrupt:
            say("\nStopped. Run the same command again to go on.")
            return 0
        raise NotConnected(f"JupyterLab has stopped by itself (exit code {code}).")


def headless(say: Say) -> int:
    """Have one conversation on a live kernel; print its timeline. Returns an exit code."""
    with tempfile.TemporaryDirectory(prefix="jupyter-sessions-") as scratch:
        log = Path(scratch) / "server.log"
        environment = {**os.environ, **_places(Path(scratch))}
        options = [f"--port={_free_port()}"]
        with log.open("wb") as out:
            try:
                with _server("jupyter_server", options, environment, out) as (_, about):
                    client = Client(about["url"], about["token"])
                    project = client.create_example()
                    say(f"Project   {project['name']} in {project['path']}")
                    return _converse(say, about, project)
            except ClientError as error:
                tail = log.read_text(errors="replace").splitlines()[-15:]
                say("\n".join(["The server's log ends:", *map(printable, tail)]))
                raise ClientError(f"The demo failed: {error}") from error


def _converse(say: Say, about: Json, project: Json) -> int:
    client = Client(about["url"], about["token"], project=project["id"])
    session = Session(client, client.new_session(SESSION, model="offline"))
    say(f"Session   {session.name}, with the offline agent, which needs no language model")
    say(f"\n{MESSAGE}")
    said = 0

    def show(answer: Answer) -> None:
        nonlocal said
        for event in answer.events[said:]:
            say(event_line(event))
        said = len(answer.events)

    run = session.send(MESSAGE, notebook=NOTEBOOK, on_change=show)
    problem = _problem(client, run, say)
    if problem:
        raise ClientError(problem)
    say(f"\n{printable(run.text)}")
    say(f"Done: {run.summary}. The notebook is {project['path']}/{NOTEBOOK}")
    return 0


def _problem(client: Client, run: Run, say: Say) -> str | None:
    """Tell what went wrong; print what the cells put out."""
    if run.status != "completed":
        return f"The run {run.status}: {(run.error or {}).get('message', 'no reason given')}"
    cells = [event["data"] for event in run.events if event["type"] == "cell.executed"]
    if len(cells) < 2:
        return f"{len(cells)} cells ran, not two."
    media: set[str] = set()
    for cell in cells:
        for output in _outputs(client, cell["outputs"]):
            media.update(output.get("data", ()))
            if output["output_type"] == "stream":
                say(f"\n{printable(output['text']).rstrip()}")
        if cell["status"] != "ok":
            return f"A cell ended with status {cell['status']!r}."
    return None if "image/png" in media else "No plot was drawn."


def _outputs(client: Client, outputs: Any) -> list[Json]:
    if isinstance(outputs, dict):  # large ones lie in a blob
        outputs = json.loads(client.blob(outputs["blob"]))
    found: list[Json] = outputs
    return found


def _example(client: Client) -> Json:
    """Return the example project of this folder: an earlier one, when there is any."""
    for project in client.projects():
        if project["name"] == PROJECT and project["folder_state"] == "ok":
            return project
    return client.create_example()


def _first_session(about: Json, project: Json) -> Json:
    client = Client(about["url"], about["token"], project=project["id"])
    return next(iter(client.sessions()), None) or client.new_session(SESSION)


def _address(about: Json, project: Json, session: Json) -> str:
    query = {
        "sessions-project": project["id"],
        "sessions-session": session["id"],
        "sessions-notebook": f"{project['path']}/{NOTEBOOK}",
        "token": about["token"],
    }
    return f"{about['url']}lab?{urlencode(query)}"


@contextmanager
def _server(
    module: str, options: list[str], environment: Mapping[str, str], out: Any = None
) -> Iterator[tuple[subprocess.Popen[bytes], Json]]:
    """Run a server below this folder; give it and what it says of itself when it is ready."""
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [sys.executable, "-m", module, "--no-browser", f"--ServerApp.root_dir={Path.cwd()}"]
    server = subprocess.Popen(
        [*command, *as_root, *options],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=out,
        start_new_session=True,  # Ctrl-C comes to us, and we stop it without a question
    )
    # Also where Ctrl-C was switched off for us, as for what a script starts in the background.
    before = {each: signal.signal(each, _interrupted) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield server, _ready(server, environment)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        server.terminate()
        try:
            server.wait(STOP_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def _ready(server: subprocess.Popen[bytes], environment: Mapping[str, str]) -> Json:
    """Wait until the server answers; return what its runtime file says."""
    from jupyter_core.paths import jupyter_runtime_dir  # takes a moment

    folder = Path(environment.get("JUPYTER_RUNTIME_DIR") or jupyter_runtime_dir())
    file = folder / f"jpserver-{server.pid}.json"
    end = time.monotonic() + READY_S
    reason = "it has not come up"
    while time.monotonic() < end:
        if server.poll() is not None:
            raise NotConnected(f"The server has ended at its start (code {server.returncode}).")
        about = read_server(file)
        if about is not None and not about["token"]:
            raise NotConnected(
                "This Jupyter is set up for a password and has no token, so the demo cannot talk "
                "to it. Open the Chats tab in your own JupyterLab, or run 'demo --headless'."
            )
        if about is not None:
            try:
                Client(about["url"], about["token"]).status()
                return about
            except ClientError as error:
                reason = str(error)
        time.sleep(0.1)
    raise NotConnected(f"The server is not ready after {READY_S:g} s: {reason}")


def _places(scratch: Path) -> dict[str, str]:
    """Return folders of its own for a server that shall leave nothing behind but the project."""
    names = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    return {key: str(scratch / name) for key, name in names.items()}


def _config_path(scratch: Path) -> str:
    """Add a folder to the configuration: a token that is not announced a second time; no news."""
    token = {"IdentityProvider": {"token": os.urandom(24).hex()}}
    (scratch / "jupyter_server_config.json").write_text(json.dumps(token))
    (scratch / "labconfig").mkdir()
    (scratch / "labconfig" / "page_config.json").write_text(json.dumps(NO_NEWS))
    return os.pathsep.join(filter(None, [str(scratch), os.environ.get("JUPYTER_CONFIG_PATH")]))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
