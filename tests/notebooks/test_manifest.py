"""Versions of notebooks: nothing is lost, and little is written for a small change."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_sessions.notebooks.cells import Notebook, new_cell, new_notebook
from jupyter_sessions.notebooks.file import read_notebook, write_notebook
from jupyter_sessions.notebooks.manifest import (
    Digest,
    chunks_of,
    decode,
    digests_of,
    encode,
    restore,
    snapshot,
)
from jupyter_sessions.notebooks.pieces import digest_of

from .strategies import edited, notebooks


def many(count: int) -> Notebook:
    cells = [new_cell(f"cell-{n}", "code", f"x = {n}") for n in range(count)]
    for n, cell in enumerate(cells):
        cell |= {"execution_count": n, "outputs": [stream(f"{n}")]}
    return {**new_notebook(), "cells": cells}


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


@given(notebooks())
def test_what_is_restored_is_what_was_snapshotted_to_the_byte(notebook: Notebook) -> None:
    taken = snapshot(notebook)
    restored = restore(taken.manifest, taken.pieces)
    assert restored == notebook
    assert write_notebook(restored) == write_notebook(notebook)
    nbformat.validate(nbformat.from_dict(restored), relax_add_props=False)


@given(notebooks())
def test_a_version_has_exactly_the_pieces_that_it_names(notebook: Notebook) -> None:
    taken = snapshot(notebook)
    assert digests_of(taken.manifest) == set(taken.pieces)
    assert all(digest_of(piece) == digest for digest, piece in taken.pieces.items())


@given(notebooks())
def test_an_encoded_manifest_reads_back(notebook: Notebook) -> None:
    manifest = snapshot(notebook).manifest
    encoded = encode(manifest)
    assert decode(encoded.root, encoded.chunks.__getitem__) == manifest
    assert set(chunks_of(encoded.root)) == set(encoded.chunks)
    assert manifest.digest == digest_of(encoded.root)


@given(st.data())
def test_versions_have_one_digest_only_when_they_are_equal(data: st.DataObject) -> None:
    before = data.draw(notebooks())
    after = data.draw(edited(before, "n"))
    one, two = snapshot(before).manifest, snapshot(after).manifest
    texts = [json.dumps(each, sort_keys=True) for each in (before, after)]
    assert (one.digest == two.digest) == (texts[0] == texts[1])


@pytest.mark.parametrize(
    "odd",
    [
        {"execution_count": "7"},
        {"execution_count": True},
        {"execution_count": 2**70},
        {"execution_count": -3},
        {"attachments": {}},
        {"what is this": [1.0, 1, 1e300, None]},
        {"metadata": {"jupyter": {}}},
        {"outputs": [stream("\ud83d and more")]},
    ],
)
def test_odd_cells_come_back_as_they_were(odd: dict[str, Any]) -> None:
    notebook = {**new_notebook(), "cells": [{**new_cell("a", "code", "x"), **odd}], "unknown": {}}
    notebook = read_notebook(json.dumps(notebook))
    taken = snapshot(notebook)
    encoded = encode(taken.manifest)
    manifest = decode(encoded.root, encoded.chunks.__getitem__)
    assert json.dumps(restore(manifest, taken.pieces), sort_keys=True) == json.dumps(
        notebook, sort_keys=True
    )
    for piece in taken.pieces.values():
        piece.decode()


def test_the_order_of_keys_does_not_matter() -> None:
    cell = {**new_cell("a", "code", "x"), "metadata": {"b": {"y": 1, "x": 2}, "a": 1}}
    turned = {key: cell[key] for key in reversed(cell)} | {
        "metadata": {"a": 1, "b": {"x": 2, "y": 1}}
    }
    one, two = ({**new_notebook(), "cells": [some]} for some in (cell, turned))
    assert snapshot(one).manifest == snapshot(two).manifest


@pytest.mark.parametrize("place", [0, 77, 500, 999])
def test_a_small_change_of_a_large_notebook_rewrites_little(place: int) -> None:
    before = many(1_000)
    changes = {
        "edit": [*before["cells"]],
        "insert": [*before["cells"]],
        "delete": [*before["cells"]],
    }
    changes["edit"][place] = {**before["cells"][place], "source": "new"}
    changes["insert"].insert(place, new_cell("new", "code", "y"))
    del changes["delete"][place]
    old = encode(snapshot(before).manifest).chunks
    for cells in changes.values():
        new = encode(snapshot({**before, "cells": cells}).manifest).chunks
        assert len(set(new) - set(old)) <= 2


def test_edits_of_a_notebook_of_200_cells_cost_about_a_kilobyte() -> None:
    before = many(200)
    old, cost = encode(snapshot(before).manifest).chunks, 0
    for place in range(200):
        cells = [*before["cells"]]
        cells[place] = {**cells[place], "source": "new"}
        encoded = encode(snapshot({**before, "cells": cells}).manifest)
        new = [data for digest, data in encoded.chunks.items() if digest not in old]
        cost += len(encoded.root) + sum(map(len, new))
    assert cost / 200 < 1_500


def test_chunks_are_bounded_whatever_the_ids() -> None:
    encoded = encode(snapshot(many(5_000)).manifest)
    assert max(map(len, encoded.chunks.values())) < 64 * 80
    assert len(chunks_of(encoded.root)) > 5_000 / 64


@pytest.mark.parametrize("root", [b"", b"\1", b"\2\0", b"\1\1abc"])
def test_what_is_no_root_is_refused(root: bytes) -> None:
    with pytest.raises(ValueError, match="root"):
        chunks_of(root)


def test_a_piece_that_is_missing_is_named() -> None:
    taken = snapshot(many(3))
    missing = Digest(next(iter(taken.pieces)))
    pieces = {digest: piece for digest, piece in taken.pieces.items() if digest != missing}
    with pytest.raises(KeyError, match=missing):
        restore(taken.manifest, pieces)
