"""Text that people and programs give us."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_sessions.models.text import clean_message, settled, storable

OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\r\n])")
BACKSPACE = re.compile(r"[^\n\x08]\x08")


@given(st.text(alphabet="ab\r\n\b", max_size=12))
def test_settled_is_what_writing_over_gives_step_by_step(text):
    expected = text
    while (shorter := BACKSPACE.sub("", expected)) != expected:
        expected = shorter
    assert settled(text) == OVERWRITTEN.sub("", expected)


@pytest.mark.parametrize("text", ["x" * 1_000_000, "\r" * 1_000_000, "ab\r" * 300_000])
def test_a_long_line_settles(text):
    # In quadratic time this takes minutes.
    assert len(settled(text)) <= len(text)


def test_a_long_message_is_checked():
    assert clean_message("é" * 1_000_000)
    with pytest.raises(ValueError, match="control"):
        clean_message("é" * 999_999 + "\0")


@given(st.text(alphabet=st.characters(), max_size=50))
def test_storable_text_can_be_encoded(text):
    assert "\0" not in storable(text)
    storable(text).encode()
