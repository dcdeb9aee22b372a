"""A PostgreSQL of our own, from Debian's packages: started for the tests, gone after them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port


def find_binaries() -> Path | None:
    """Return the folder of ``initdb`` and ``pg_ctl``, which Debian keeps off the PATH."""
    found = shutil.which("pg_ctl")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in folders if (each / "initdb").exists()), None)


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """Run a server on a free port; yield its URL, without a database's name."""
    folder = Path(tempfile.mkdtemp(prefix="jps-pg-"))
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, user)

    def run(*command: str) -> None:
        prefix = ["runuser", "-u", user, "--"] if os.getuid() == 0 else []
        done = subprocess.run([*prefix, *command], capture_output=True, text=True, cwd=folder)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"

    port = free_port()
    data = folder / "data"
    run(str(binaries / "initdb"), "-D", str(data), "-U", "tester", "--auth=trust", "-E", "UTF8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
    log = folder / "log"
    control = str(binaries / "pg_ctl")
    run(control, "start", "-D", str(data), "-w", "-l", str(log), "-o", options)
    try:
        yield f"postgresql://tester@127.0.0.1:{port}"
    finally:
        run(control, "stop", "-D", str(data), "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)
