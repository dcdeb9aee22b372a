"""A server in a process of its own, that can be killed and started again on the same data."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port

CONFIG = f"""\
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from tests.ports import reserve_kernel_ports
reserve_kernel_ports()
del sys.path[0]
"""


class Server:
    """``jupyter server`` or JupyterLab with our extension, on folders of its own."""

    def __init__(
        self,
        home: Path,
        *options: str,
        module: str = "jupyter_server",
        ready: str = "status",
    ) -> None:
        """``ready`` is what it answers once it is there: ours, or with ``/`` the server's own."""
        self.home, self.ready = home, ready
        self.root = home / "root"
        self.root.mkdir(parents=True, exist_ok=True)
        self.database = home / "data" / "jupyter_sessions" / "sessions.db"
        self.options = options
        self.module = module
        self.token = secrets.token_hex(16)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, port: int = 0) -> None:
        self.port = port or free_port()
        self.log = self.home / "server.log"
        config = self.home / "config" / "jupyter_server_config.py"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(CONFIG)
        names = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data",
                 "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython",
                 "XDG_DATA_HOME": "share"}  # fmt: skip  # two servers race for names in one trash
        folders = {name: str(self.home / folder) for name, folder in names.items()}
        command = [
            sys.executable, "-m", self.module, "--no-browser", "--allow-root",
            f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.root}",
            *self.options,
        ]  # fmt: skip
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                command, env={**os.environ, **folders}, stdout=out, stderr=out, cwd=self.root
            )
        self.until(lambda: self.api("GET", self.ready), 180)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    def api(self, verb: str, path: str, body: Any = None) -> Any:
        """Ask our API, or with a path from ``/`` on the server's own."""
        place = path if path.startswith("/") else f"/jupyter-sessions/{path}"
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{place}",
            method=verb,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=90) as response:
                text = response.read()
        except urllib.error.HTTPError as error:
            body = error.read()
            said = f"{error.msg}: {body.decode(errors='replace')}"
            raise urllib.error.HTTPError(
                error.url, error.code, said, error.headers, BytesIO(body)
            ) from None
        return json.loads(text) if text else None

    def until(self, condition: Any, seconds: float = 60) -> Any:
        """Return what ``condition`` gives once it is true; wait for a server that is not there."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if result := condition():
                    return result
            except urllib.error.HTTPError:
                raise
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                assert self.process is not None
                assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        pytest.fail(f"not true within {seconds} s:\n{self.log.read_text()[-4000:]}")

    def events(self, session_path: str) -> list[Any]:
        return list(self.api("GET", f"{session_path}/events?limit=1000")["items"])
