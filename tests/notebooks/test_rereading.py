"""A file that is read again gives what it gives when it is read whole, and less work."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_sessions.errors import BadRequest
from jupyter_sessions.notebooks.cells import Notebook, new_cell, new_notebook
from jupyter_sessions.notebooks.file import read_notebook, write_notebook
from jupyter_sessions.notebooks.manifest import digests_of, snapshot
from jupyter_sessions.notebooks.rereading import NOTHING, Known, reread

from .strategies import edited, notebooks


def of(*sources: str, **fields: Any) -> Notebook:
    cells = [new_cell(f"id-{n}", "code", source) for n, source in enumerate(sources)]
    return {**new_notebook(), "cells": cells, **fields}


def as_a_whole(raw: bytes) -> Any:
    try:
        return snapshot(read_notebook(raw.decode())).manifest
    except (BadRequest, UnicodeDecodeError) as error:
        return type(error)


def as_reread(raw: bytes, known: Known) -> Any:
    try:
        return reread(raw, known).snapshot.manifest
    except (BadRequest, UnicodeDecodeError) as error:
        return type(error)


@given(notebooks(), st.data())
def test_it_is_the_same_version_whatever_was_known(notebook: Notebook, data: st.DataObject) -> None:
    first = reread(write_notebook(notebook), NOTHING)
    after = data.draw(edited(notebook, "new"))
    raw = write_notebook(after)
    again = reread(raw, first.known)
    assert again.snapshot.manifest == snapshot(read_notebook(raw.decode())).manifest
    pieces = {**first.snapshot.pieces, **again.snapshot.pieces}
    assert digests_of(again.snapshot.manifest) <= pieces.keys()


@given(notebooks(), st.data())
def test_a_file_that_anyone_has_put_together_is_what_it_is_as_a_whole(
    notebook: Notebook, data: st.DataObject
) -> None:
    """Lines are left out, doubled and moved: some of it is still JSON, most of it is not."""
    raw = write_notebook(notebook)
    known = reread(raw, NOTHING).known
    lines = raw.split(b"\n")
    for _ in range(data.draw(st.integers(1, 3))):
        start, end = sorted(data.draw(st.integers(0, len(lines))) for _ in range(2))
        place = data.draw(st.integers(0, len(lines)))
        some, keeps = lines[start:end], data.draw(st.booleans())
        lines = lines[:place] + some + lines[place:] if keeps else lines[:start] + lines[end:]
    changed = b"\n".join(lines)
    assert as_reread(changed, known) == as_a_whole(changed)
    assert as_reread(changed, NOTHING) == as_a_whole(changed)


def test_only_what_is_new_is_parsed_and_hashed() -> None:
    first = reread(write_notebook(of("a", "b", "c")), NOTHING)
    again = reread(write_notebook(of("a", "B", "c")), first.known)
    assert list(again.snapshot.pieces.values()) == [b"B"]
    assert len(again.known.cells) == 3
    same = reread(write_notebook(of("a", "B", "c")), again.known)
    assert same.snapshot.pieces == {}
    assert same.snapshot.manifest == again.snapshot.manifest


def test_a_value_that_only_looks_the_same_in_python_is_another_version() -> None:
    one, other = of("a"), of("a")
    one["cells"][0]["metadata"] = {"x": 1}
    other["cells"][0]["metadata"] = {"x": True}
    first = reread(write_notebook(one), NOTHING)
    again = reread(write_notebook(other), first.known)
    assert again.snapshot.manifest != first.snapshot.manifest
    assert again.snapshot.manifest == snapshot(other).manifest


def test_a_source_that_reads_like_the_end_of_a_cell_does_not_end_it() -> None:
    notebook = of('\n  },\n  {\n "', "\n  }\n ],\n", '{"cells": []}')
    found = reread(write_notebook(notebook), NOTHING)
    assert found.snapshot.manifest == snapshot(notebook).manifest
    assert len(found.known.cells) == 3


def _doubled(notebook: Notebook) -> bytes:
    cells = notebook["cells"]
    return write_notebook({**notebook, "cells": [*cells, cells[0]]})


def _without_ids(notebook: Notebook) -> bytes:
    cells = [{key: cell[key] for key in cell if key != "id"} for cell in notebook["cells"]]
    return write_notebook({**notebook, "cells": cells})


def _cells_twice(notebook: Notebook) -> bytes:
    return write_notebook(notebook).replace(b' "metadata"', b' "cells": [],\n "metadata"')


FORMS = {
    "with another indent": lambda each: json.dumps(each, indent=2).encode(),
    "in one line": lambda each: json.dumps(each).encode(),
    "with a cell twice": _doubled,
    "without ids": _without_ids,
    "with two lists of cells": _cells_twice,
    "with no end of line": lambda each: write_notebook(each).rstrip(),
    "with line ends of Windows": lambda each: write_notebook(each).replace(b"\n", b"\r\n"),
    "without cells": lambda each: write_notebook({**each, "cells": []}),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_file_of_another_form_is_read_whole(form: Any) -> None:
    notebook = of("a", "b")
    known = reread(write_notebook(notebook), NOTHING).known
    raw = form(notebook)
    found = reread(raw, known)
    assert found.snapshot.manifest == as_a_whole(raw)
    assert digests_of(found.snapshot.manifest) == set(found.snapshot.pieces)
    assert found.known == NOTHING


@pytest.mark.parametrize(
    "raw", [b"", b"{", b'{\n "cells": [\n  {\n\n  }\n ],\n}\n', b"\xff\xfe", b"[]"]
)
def test_what_is_no_notebook_is_refused_as_ever(raw: bytes) -> None:
    with pytest.raises((BadRequest, UnicodeDecodeError)):
        reread(raw, NOTHING)
