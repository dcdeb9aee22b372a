"""Tests for the house itself: directions of imports, exports, generated files, authentication."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tornado.web import RequestHandler

import jupyter_sessions
from jupyter_sessions.server import openapi, reference
from jupyter_sessions.server.routes import ROUTES

TOP = Path(__file__).parents[2]
PACKAGE = TOP / "jupyter_sessions"
VALUES = {"models", "errors", "ids"}
ALLOWED = {
    "cli": {"client"},
    "kernel": {"client"},
    "client": set(),
    "server": {"agent", "actions", "timeline", "branches", "workspace", "storage"},
    "agent": {"actions", "timeline", "branches", "workspace"},
    "actions": {"exports", "timeline", "branches", "workspace", "storage"},
    "timeline": {"storage"},
    "branches": {"notebooks", "storage"},
    "storage": set(),
    "exports": set(),
    "notebooks": set(),
    "workspace": set(),
    "models": {"ids"},
    "errors": set(),
    "ids": set(),
}
STANDARD_LIBRARY_ONLY = {"client", "kernel", "cli"}
ONLY_IN = {
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "tornado": {"server"},
    "pydantic_ai": {"agent"},
}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE)
        part = relative.parts[0].removesuffix(".py")
        if part not in {"etc", "__init__", "labextension", "example"}:
            yield part, relative, ast.parse(path.read_text())


def imports(relative, tree):
    """Yield the absolute names of the modules that a file imports."""
    package = ["jupyter_sessions", *relative.parent.parts]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            if node.module:
                yield ".".join([*base, node.module])
            else:
                yield from (".".join([*base, name.name]) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_imports_go_one_way():
    wrong = []
    for part, relative, tree in modules():
        own = ALLOWED[part] | {part} | (set() if part in STANDARD_LIBRARY_ONLY else VALUES)
        for name in imports(relative, tree):
            _, _, inner = name.partition("jupyter_sessions.")
            target = inner.split(".")[0]
            if name.startswith("jupyter_sessions.") and target in ALLOWED and target not in own:
                wrong.append(f"{relative} imports {name}")
    assert wrong == []


def test_foreign_libraries_stay_in_their_place():
    wrong = []
    for part, relative, tree in modules():
        for name in imports(relative, tree):
            library = name.split(".")[0]
            if part not in ONLY_IN.get(library, {part}):
                wrong.append(f"{relative} imports {name}")
    assert wrong == []


def test_the_kernel_side_needs_only_the_standard_library():
    outside = {"jupyter_sessions", "IPython", "ipykernel", "jupyter_core", "jupyter_client"}
    wrong = []
    for part, relative, tree in modules():
        if part in STANDARD_LIBRARY_ONLY:
            for name in imports(relative, tree):
                library = name.split(".")[0]
                if library not in sys.stdlib_module_names | outside:
                    wrong.append(f"{relative} imports {name}")
    assert wrong == []


def test_the_public_names_are_exported():
    assert sorted(jupyter_sessions.__all__) == jupyter_sessions.__all__
    for name in jupyter_sessions.__all__:
        assert getattr(jupyter_sessions, name) is not None


def test_loading_the_extension_loads_nothing_slow():
    code = (
        "import sys, jupyter_sessions.server.app; "
        "print([n for n in ('pydantic', 'sqlalchemy', 'pydantic_ai', 'nbformat', 'alembic')"
        " if n in set(sys.modules) - before])"
    )
    code = "import sys, jupyter_server.serverapp; before = set(sys.modules); " + code
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_first_request_looks_for_no_source():
    """Pydantic would, for the texts below fields: seconds, in a server with its many modules."""
    code = (
        "import linecache, jupyter_sessions.server.routes, jupyter_sessions.server.backend;"
        "print([name for name in linecache.cache if 'jupyter_sessions' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("handler", sorted({h for _, h in ROUTES}, key=lambda h: h.__name__))
def test_every_verb_says_who_may_call_it(handler):
    for verb in handler.SUPPORTED_METHODS:
        method = getattr(handler, verb.lower(), None)
        if method is None or method is RequestHandler._unimplemented_method:
            continue
        if method.__qualname__.startswith(("APIHandler", "RequestHandler")):
            continue
        marked = hasattr(method, "__allow_unauthenticated") or hasattr(method, "__wrapped__")
        assert marked, f"{verb} of {handler.__name__} has no decorator"
        if handler.__name__ != "MissingHandler":
            assert not getattr(method, "__allow_unauthenticated", False)


def test_every_route_is_in_the_openapi_document():
    documented = {re.sub(r"\{\w+\}", "([^/]+)", path) for path in openapi.document()["paths"]}
    routes = {path.replace("\\", "") for path, _ in ROUTES}
    undocumented = {"/events", "/openapi.json", "(?:/.*)?"}
    assert routes - undocumented == documented


def test_the_openapi_document_is_current():
    stored = json.loads((TOP / "docs" / "openapi.json").read_text())
    assert stored == openapi.document(), "run: python -m jupyter_sessions.server.reference docs"


def test_the_reference_pages_are_current():
    for name, text in reference.pages().items():
        stored = (TOP / "docs" / name).read_text()
        assert stored == text, "run: python -m jupyter_sessions.server.reference docs"


@pytest.mark.skipif(not (TOP / "node_modules").exists(), reason="npm install was not run")
def test_the_types_of_the_front_end_are_current(tmp_path):
    npx = shutil.which("npx")
    assert npx is not None
    scripts = json.loads((TOP / "package.json").read_text())["scripts"]
    made = tmp_path / "schema.ts"
    command = scripts["types"].replace("labextension/src/api/schema.ts", str(made))
    subprocess.run(
        ["sh", "-c", command], cwd=TOP, check=True, capture_output=True,
        env={**os.environ, "PATH": f"{TOP}/node_modules/.bin:{os.environ['PATH']}"},
    )  # fmt: skip
    stored = (TOP / "labextension" / "src" / "api" / "schema.ts").read_text()
    assert made.read_text() == stored, "run: npm run types"


def test_the_versions_agree():
    python = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["version"]
    node = json.loads((TOP / "package.json").read_text())["version"]
    assert python == node == jupyter_sessions.__version__


def test_files_stay_small():
    long = {
        str(path.relative_to(TOP)): count
        for folder in (PACKAGE, TOP / "labextension" / "src", TOP / "tests")
        for path in folder.rglob("*")
        if path.suffix in {".py", ".ts", ".tsx"} and path.name != "schema.ts"
        and "labextension/static" not in str(path)
        and (count := len(path.read_text().splitlines())) > 600
    }  # fmt: skip
    assert long == {}
