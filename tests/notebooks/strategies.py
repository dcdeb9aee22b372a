"""Notebooks of every kind, as files have them and as they are read."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from jupyter_sessions.notebooks.cells import Notebook
from jupyter_sessions.notebooks.file import read_notebook

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
lines = st.lists(st.sampled_from(["", "a", "b", "x = 1", "print('ä')", "a\r"]), max_size=5)
sources = st.one_of(lines.map("\n".join), words)
names = st.one_of(st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h"]), st.uuids().map(str))
counts = st.one_of(st.none(), st.integers(0, 300))

outputs = st.one_of(
    st.builds(
        lambda name, text: {"output_type": "stream", "name": name, "text": text},
        st.sampled_from(["stdout", "stderr"]), words,
    ),
    st.builds(
        lambda count, data: {
            "output_type": "execute_result", "execution_count": count,
            "metadata": {}, "data": data,
        },
        counts,
        st.fixed_dictionaries(
            {"text/plain": words},
            optional={
                "image/png": st.just("iVBORw0KGgo="),
                "application/json": st.just({"b": [1, 0.5, None], "a": {}}),
                "application/vnd.jupyter.widget-view+json": st.just(
                    {"model_id": "7f", "version_major": 2, "version_minor": 0}
                ),
            },
        ),
    ),
    st.just({"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["\x1b[31mE"]}),
)  # fmt: skip

cell_metadata = st.fixed_dictionaries(
    {},
    optional={
        "tags": st.lists(st.sampled_from(["one", "two"]), unique=True, max_size=2),
        "collapsed": st.booleans(),
        "slideshow": st.just({"slide_type": "slide"}),
        "execution": st.just({"iopub.status.idle": "2026-01-01T00:00:00Z"}),
    },
)
attachments = st.dictionaries(
    st.sampled_from(["a.png", "b.png"]),
    st.sampled_from([{"image/png": "iVBORw0KGgo="}, {"image/png": "AAAA"}]),
    max_size=2,
)
notebook_metadata = st.sampled_from(
    [
        {},
        {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python", "version": "3.11.2"},
        },
        {
            "kernelspec": {"name": "ir", "display_name": "R", "language": "R"},
            "language_info": {"name": "R", "file_extension": ".r", "version": "4.3.1"},
            "widgets": {
                "application/vnd.jupyter.widget-state+json": {
                    "state": {"7f": {"model_name": "IntSlider", "state": {"value": 3}}},
                    "version_major": 2,
                    "version_minor": 0,
                }
            },
        },
        {
            "kernelspec": {"name": "julia-1.10", "display_name": "Julia", "language": "julia"},
            "toc": {"base_numbering": 1},
        },
    ]
)


@st.composite
def cells(draw: st.DrawFn, name: str | None = None) -> dict[str, Any]:
    """A valid cell of format 4.5."""
    kind = draw(st.sampled_from(["code", "code", "markdown", "raw"]))
    cell: dict[str, Any] = {"cell_type": kind, "id": name or draw(names)}
    cell |= {"metadata": draw(cell_metadata), "source": draw(sources)}
    if kind == "code":
        cell |= {"execution_count": draw(counts), "outputs": draw(st.lists(outputs, max_size=2))}
    elif draw(st.booleans()):
        cell["attachments"] = draw(attachments)
    return cell


@st.composite
def notebooks(draw: st.DrawFn, most: int = 7) -> Notebook:
    """A notebook as ``read_notebook`` gives it; its file lacks some ids and has others twice."""
    content: dict[str, Any] = {"nbformat": 4, "nbformat_minor": 5}
    content["metadata"] = draw(notebook_metadata)
    content["cells"] = draw(st.lists(cells(), max_size=most))
    for cell in content["cells"]:
        if draw(st.integers(0, 9)) == 0:
            del cell["id"]
    return read_notebook(json.dumps(content))


@st.composite
def edited(draw: st.DrawFn, notebook: Notebook, fresh: str, most: int = 5) -> Notebook:
    """A notebook after some edits; the ids of new cells begin with ``fresh``."""
    present = [dict(cell) for cell in notebook["cells"]]
    for number in range(draw(st.integers(0, most))):
        place = draw(st.integers(0, max(len(present) - 1, 0)))
        kind = draw(st.sampled_from(["insert", "delete", "move", "source", "outputs", "any"]))
        if kind == "insert" or not present:
            present.insert(place, draw(cells(f"{fresh}{number}")))
        elif kind == "delete":
            del present[place]
        elif kind == "move":
            present.insert(draw(st.integers(0, len(present) - 1)), present.pop(place))
        elif kind == "source":
            present[place]["source"] = draw(sources)
        elif kind == "any":
            present[place] = draw(cells(present[place]["id"]))
        elif present[place]["cell_type"] == "code":
            present[place] |= {"outputs": draw(st.lists(outputs, max_size=2))}
            present[place] |= {"execution_count": draw(counts)}
    metadata = draw(st.one_of(st.just(notebook["metadata"]), notebook_metadata))
    return {**notebook, "cells": present, "metadata": metadata}
