"""Notebooks as text for a model."""

from __future__ import annotations

from jupyter_sessions.notebooks.cells import new_cell, new_notebook, source_hash
from jupyter_sessions.notebooks.text import (
    list_text,
    output_text,
    outputs_summary,
    outputs_text,
    settle,
)


def test_the_list_has_a_line_for_each_cell() -> None:
    code = new_cell("a", "code", "\nx = 1\ny = 2\nz")
    code |= {
        "execution_count": 3,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "1\n2\n"}],
    }
    cells = [new_cell("t", "markdown", "# Title"), code]
    assert list_text({**new_notebook(), "cells": cells}).split("\n") == [
        "index id type hash | first line | [execution count] outputs",
        f"0 t markdown {source_hash('# Title')} | # Title",
        f"1 a code {source_hash(code['source'])} | x = 1 … (+2 lines) | [3] stdout 2 lines",
    ]
    assert list_text(new_notebook()) == "The notebook has no cells."


def test_outputs_are_text_and_images_are_described() -> None:
    png = {"output_type": "display_data", "data": {"image/png": "A" * 16_000, "text/plain": "<F>"}}
    table = {"output_type": "execute_result", "data": {"text/html": "<t>", "text/plain": "1 2"}}
    error = {
        "output_type": "error",
        "ename": "E",
        "evalue": "v",
        "traceback": ["\x1b[31mE\x1b[0m: v"],
    }
    stream = {"output_type": "stream", "name": "stderr", "text": "10%\r20%\r\n"}
    assert output_text(png) == "[image/png, 12 kB]"
    assert output_text(table) == "1 2"
    assert output_text(error) == "E: v"
    assert output_text(stream) == "20%\n"
    assert outputs_text([stream, table]) == "20%\n1 2"
    assert outputs_summary([png, error, stream]) == "image/png 12 kB, error E, stderr 1 line"
    assert outputs_summary([table] * 9).endswith("and 3 more")


def test_text_settles_as_on_a_screen() -> None:
    assert settle("a\rb\nab\x08c\r\n") == "b\nac\n"
