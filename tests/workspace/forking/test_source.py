"""What is sent into kernels: it must run in any environment."""

from __future__ import annotations

import ast
import sys

from jupyter_sessions.kernel import forking
from jupyter_sessions.workspace.injection import SOURCES, bundle


def imported(text: str) -> set[tuple[int, str]]:
    """Return what a file imports: how many folders up, and the name."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {(0, name.name.split(".")[0]) for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.level, (node.module or "").split(".")[0]))
    return found


def test_it_needs_the_standard_library_only_and_loads_in_its_order() -> None:
    loaded: list[str] = []
    for name in forking.MODULES:
        for level, module in imported((SOURCES / f"{name}.py").read_text()):
            assert level < 2
            assert module in (loaded if level else sys.stdlib_module_names), (name, module)
        loaded.append(name)
    assert {file.stem for file in SOURCES.glob("*.py")} == {*loaded, "__init__"}


def test_it_is_one_statement_that_every_supported_python_reads() -> None:
    assert "\n" not in bundle()
    [statement] = ast.parse(bundle(), feature_version=(3, 11)).body
    assert isinstance(statement, ast.Expr)
    for file in SOURCES.glob("*.py"):
        ast.parse(file.read_text(), feature_version=(3, 11))
