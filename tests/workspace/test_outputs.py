"""Outputs built from messages."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jupyter_sessions.workspace.outputs import Outputs


def stream(*texts: str, name: str = "stdout", outputs: Outputs | None = None) -> Outputs:
    outputs = outputs or Outputs()
    for text in texts:
        outputs.add("stream", {"name": name, "text": text})
    return outputs


@given(st.lists(st.text("ab\r\n\x08", max_size=6), max_size=8))
def test_text_that_comes_in_pieces_is_as_if_it_came_at_once(texts: list[str]) -> None:
    if "\x08" in "".join(texts):  # a backspace at the beginning of a line has nothing to remove
        texts = [text.replace("\x08", "") for text in texts]
    whole = stream("".join(texts))
    assert stream(*texts).snapshot() == whole.snapshot()


def test_progress_bars_leave_their_last_state() -> None:
    outputs = stream(*(f"\r{n}%" for n in range(0, 101, 10)), "\ndone\n")
    assert outputs.items[0]["text"] == "100%\ndone\n"
    assert outputs.size == len("100%\ndone\n")


def test_streams_are_kept_apart() -> None:
    outputs = stream("a")
    stream("b", name="stderr", outputs=outputs)
    stream("c", outputs=outputs)
    assert [(each["name"], each["text"]) for each in outputs.items] == [
        ("stdout", "a"),
        ("stderr", "b"),
        ("stdout", "c"),
    ]


def display(text: str, name: str | None = None) -> dict[str, Any]:
    transient = {"display_id": name} if name else None
    return {"data": {"text/plain": text}, "metadata": {}, "transient": transient}


def test_a_display_is_updated_wherever_it_is() -> None:
    outputs = Outputs()
    outputs.add("display_data", display("1", "d"))
    outputs.add("display_data", display("2", "d"))
    outputs.add("display_data", display("other"))
    assert outputs.add("update_display_data", display("new", "d"))
    assert not outputs.add("update_display_data", display("new", "unknown"))
    assert [each["data"]["text/plain"] for each in outputs.items] == ["new", "new", "other"]


def test_clearing_at_once_and_clearing_later() -> None:
    outputs = stream("a")
    outputs.add("clear_output", {"wait": True})
    assert outputs.items
    stream("b", outputs=outputs)
    assert [each["text"] for each in outputs.items] == ["b"]
    outputs.add("clear_output", {"wait": False})
    assert outputs.items == []


def test_what_is_too_much_is_left_out_with_one_notice() -> None:
    outputs = Outputs(10)
    for _ in range(5):
        outputs.add("display_data", display("12345"))
    texts = [each.get("text", "") for each in outputs.items]
    assert len(texts) == 3
    assert "over 10 characters" in texts[-1]
    outputs.add("clear_output", {"wait": False})
    outputs.add("display_data", display("12345"))
    assert len(outputs.items) == 1


def test_a_snapshot_does_not_change_later() -> None:
    outputs = stream("a")
    before = outputs.snapshot()
    stream("b", outputs=outputs)
    assert before[0]["text"] == "a"


def test_halves_of_surrogate_pairs_are_replaced() -> None:
    outputs = stream("\ud83d")
    outputs.add("display_data", {"data": {"application/json": {"k": ["\ud83d"]}}})
    assert outputs.items[0]["text"] == "?"
    assert outputs.items[1]["data"] == {"application/json": {"k": ["?"]}}


def test_other_messages_change_nothing() -> None:
    outputs = Outputs()
    assert not outputs.add("comm_open", {"comm_id": "x", "data": {}})
    assert outputs.add("execute_input", {"execution_count": 7})
    assert (outputs.items, outputs.execution_count) == ([], 7)
