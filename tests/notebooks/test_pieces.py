"""The quick ways to write JSON give what the slow ones do, whatever is in long texts."""

from __future__ import annotations

import json
from typing import Any

import nbformat
from hypothesis import given
from hypothesis import strategies as st

from jupyter_sessions.notebooks.cells import new_cell, new_notebook
from jupyter_sessions.notebooks.file import write_notebook
from jupyter_sessions.notebooks.pieces import LONG, json_bytes, outputs_bytes

from .strategies import outputs

image = "iVBORw0KGgo=" * (LONG // 8)
marks = st.sampled_from(["", "\n", "\r", '"', "\\", "\t", "\x00", "\x1f", "\x7f", "ä", "\u2028"])
long_texts = st.tuples(marks, marks).map(lambda two: image + two[0] + image + two[1])
texts = st.one_of(long_texts, marks, st.just(None), st.just(["x", image]))
data = st.dictionaries(st.sampled_from(["image/png", "text/html", "ä"]), texts, max_size=3)
shown = st.builds(lambda data: {"output_type": "display_data", "data": data, "metadata": {}}, data)
odd = st.sampled_from([None, 1, image, [image], {}, {"data": None}, {"data": [image]}])


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@given(st.lists(st.one_of(shown, outputs, odd), max_size=4))
def test_outputs_with_long_texts_are_the_json_that_they_always_were(listed: list[Any]) -> None:
    assert outputs_bytes(listed) == json_bytes(listed) == canonical(listed)


def test_half_of_a_surrogate_pair_in_a_long_output_is_kept_as_an_escape() -> None:
    listed = [{"output_type": "display_data", "data": {"text/html": f"{image}\ud83d"}}]
    assert json.loads(outputs_bytes(listed)) == listed


@given(st.lists(st.one_of(shown, outputs), max_size=3), texts.filter(lambda x: type(x) is str))
def test_files_with_long_texts_are_those_that_jupyter_writes(listed: Any, text: str) -> None:
    for output in listed:  # as ``read_notebook`` gives them
        if "data" in output:
            output["data"] = {k: v for k, v in output["data"].items() if isinstance(v, str)}
    cell = {**new_cell("a", "code", text), "outputs": listed, "metadata": {"note": text}}
    notebook = {**new_notebook(), "cells": [cell, new_cell("b", "markdown", "")]}
    wanted = nbformat.writes(nbformat.from_dict(notebook)) + "\n"
    assert write_notebook(notebook).decode() == wanted
    assert write_notebook(nbformat.from_dict(notebook)).decode() == wanted
