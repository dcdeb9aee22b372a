"""Notebooks to merge, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_sessions.models.merge_choice import Decision
from jupyter_sessions.notebooks.cells import Notebook, new_cell, new_notebook
from jupyter_sessions.notebooks.manifest import restore, snapshot
from jupyter_sessions.notebooks.merge import Merged, merge


def merged(
    *sides: Notebook, decisions: Mapping[str, Decision] | None = None
) -> tuple[Notebook, Merged]:
    """Merge base, ours and theirs; return the notebook too."""
    taken = [snapshot(side) for side in sides]
    pieces = {digest: piece for one in taken for digest, piece in one.pieces.items()}
    base, ours, theirs = (one.manifest for one in taken)
    done = merge(base, ours, theirs, pieces.__getitem__, decisions or {})
    return restore(done.manifest, pieces | done.pieces), done


def book(**sources: str) -> Notebook:
    cells = [new_cell(name, "code", source) for name, source in sources.items()]
    return {**new_notebook(), "cells": cells}


def ran(notebook: Notebook, count: int, text: str) -> Notebook:
    output = {"output_type": "stream", "name": "stdout", "text": text}
    fields = {"execution_count": count, "outputs": [output]}
    return {**notebook, "cells": [{**cell, **fields} for cell in notebook["cells"]]}


def names(notebook: Notebook) -> list[str]:
    return [cell["id"] for cell in notebook["cells"]]


def sources(notebook: Notebook) -> dict[str, str]:
    return {cell["id"]: cell["source"] for cell in notebook["cells"]}


def by_id(notebook: Notebook) -> dict[str, dict[str, Any]]:
    return {cell["id"]: cell for cell in notebook["cells"]}
