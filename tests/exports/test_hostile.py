"""Exports of hostile conversations: nothing runs, nothing is loaded, nothing is sent."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import mistune
import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_sessions.exports.chat_file import ChatFile, chat_events
from jupyter_sessions.exports.markdown import Markdown
from jupyter_sessions.exports.notebook import Notebook
from jupyter_sessions.exports.page import HtmlPage
from jupyter_sessions.exports.safe_html import clean_table, render
from jupyter_sessions.exports.safe_markdown import neutral
from jupyter_sessions.models.base import utcnow
from jupyter_sessions.models.event import (
    AgentMessage,
    AgentMessageData,
    CellExecuted,
    CellExecutedData,
    MessageData,
    ToolCalled,
    ToolCalledData,
    ToolReturned,
    ToolReturnedData,
    UserMessage,
)
from jupyter_sessions.models.session import Session
from tests.exports.hostile import AWAY, OUTPUTS, PIXEL, TEXTS

ID = "01HZZZZZZZZZZZZZZZZZZZZZZZ"
NOW = utcnow()
PICTURE = "data:image/(png|jpeg);base64,[A-Za-z0-9+/=]+"
FORBIDDEN = {
    *["script", "iframe", "object", "embed", "link", "base", "form", "input", "svg", "math"],
    *["video", "audio", "image", "template", "frame", "portal"],
}


def event(kind, data, actor="agent"):
    return kind(stream=ID, seq=1, project_id=ID, session_id=ID, ts=NOW, actor=actor, data=data)


def said(text):
    """A log in which every free text says the same."""
    returned = ToolReturnedData(
        call_id=text, tool=text, outcome="ok", content=text, summary=text, duration_ms=1
    )
    executed = CellExecutedData(
        notebook=text, cell_id="c", call_id=text, kernel_id="k", execution_count=1, source=text,
        outputs=[{"output_type": "stream", "name": "stdout", "text": text}, *OUTPUTS],
        status="ok", duration_ms=1,
    )  # fmt: skip
    called = ToolCalledData(call_id=text, tool=text, arguments={text: text}, batch=1)
    return [
        event(UserMessage, MessageData(text=text), "user"),
        event(ToolCalled, called),
        event(CellExecuted, executed),
        event(ToolReturned, returned),
        event(AgentMessage, AgentMessageData(text=text, model=text)),
    ]


def written(format_, text):
    session = Session(
        id=ID, project_id=ID, name=f"n{text}", position=0, created_at=NOW, updated_at=NOW
    )
    writer = format_(session, text)
    return writer.begin() + "".join(writer.add(said(text), {})) + writer.end()


class Reader(HTMLParser):
    """Notes what a page would load, run, or send."""

    def __init__(self):
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in FORBIDDEN:
            self.bad.append(tag)
        for name, value in attrs:
            value = value or ""
            if name.startswith("on") or name in {"srcdoc", "ping", "srcset", "background", "style"}:
                self.bad.append(f"{tag} {name}={value}")
            loads = name in {"src", "poster", "data", "action", "formaction"}
            if loads and not re.fullmatch(PICTURE, value):
                self.bad.append(f"{tag} {name}={value}")
            if name == "href" and re.match("(?!https?:|mailto:)[a-z0-9+.-]+:", plain(value)):
                self.bad.append(f"{tag} {name}={value}")

    handle_startendtag = handle_starttag


def plain(address):
    """An address as a browser reads it."""
    return re.sub(r"[\x00-\x20]", "", address).lower()


def active(markup):
    reader = Reader()
    reader.feed(markup)
    reader.close()
    return reader.bad


@pytest.mark.parametrize("text", TEXTS)
def test_a_page_has_nothing_that_runs_or_loads(text):
    page = written(HtmlPage, text)
    assert active(page) == []
    assert page.count("<meta") == 4
    assert page.count("<style>") == 1
    assert f"data:image/png;base64,{PIXEL}" in page


@pytest.mark.parametrize("text", TEXTS)
def test_a_link_of_a_page_tells_nobody_where_it_was(text):
    for link in re.findall("<a [^>]*>", written(HtmlPage, text)):
        assert 'rel="noopener noreferrer"' in link


@pytest.mark.parametrize("text", TEXTS)
def test_markdown_shown_without_any_cleaning_has_nothing_that_runs_or_loads(text):
    careless = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "url"])
    shown = str(careless(written(Markdown, text)))
    kept = re.sub(r"</?(details|summary)>", "", shown)
    assert active(kept) == []
    assert "<img" not in kept


@pytest.mark.parametrize("text", TEXTS)
def test_a_notebook_is_valid_and_has_nothing_that_runs_or_loads(text):
    notebook = nbformat.from_dict(json.loads(written(Notebook, text)))
    nbformat.validate(notebook)
    careless = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "url"])
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            shown = str(careless(cell.source))
            assert active(shown) == []
            assert "<img" not in shown
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            assert set(data) <= {"text/plain", "text/html", "image/png", "image/jpeg"}
            assert active(data.get("text/html", "")) == []
            assert AWAY not in data.get("text/html", "")


@pytest.mark.parametrize("text", TEXTS)
def test_a_chat_can_be_imported_and_has_nothing_that_runs_or_loads(text):
    chat = written(ChatFile, text)
    careless = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "url"])
    for message in json.loads(chat)["messages"]:
        shown = str(careless(message["body"]))
        assert active(shown) == []
        assert "<img" not in shown
    said_again = list(chat_events(chat.encode(), ID, ID, 1))
    assert [each.actor for each in said_again] == ["user", "agent"]


def test_a_message_that_is_too_long_for_a_chat_becomes_several():
    bodies = [each["body"] for each in json.loads(written(ChatFile, "<b>" * 300_000))["messages"]]
    assert max(map(len, bodies)) <= 1_000_000
    assert "".join(bodies).replace("&lt;", "<") == "<b>" * 300_000 * 2
    assert not any("<b" in body for body in bodies)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<script>", "</script>", "<img src=x onerror=y>", "![", "](", ")", "[", "]", "]:", "`",
             "```", "\n", "\n\n", "~~~", "> ", "- ", "    ", "\\", "|", "\n|---|\n", " ", "a",
             "javascript:alert(1)", "<", ">", "&#106;avascript:x", "$$", "\t", "<!--", "-->", "!"]
        ),
        max_size=25,
    ).map("".join)
)  # fmt: skip
def test_no_mixture_of_marks_gets_through(text):
    careless = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "url"])
    shown = str(careless(neutral(text)))
    assert active(shown) == []
    assert "<img" not in shown
    assert active(render(text)) == []


def test_ordinary_markdown_stays_as_it_is():
    text = (
        "# Title\n\nSome *text* with `a < b` and `<b>` and $x < y$.\n\n"
        "```python\nif a < b: print('<b>![x](y)')\n```\n\n- [docs](https://jupyter.org)\n"
    )
    assert neutral(text) == text


def test_code_in_a_page_is_shown_as_code():
    shown = render("```python\nprint('<b>')\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    assert "&lt;b&gt;" in shown
    assert "<td>1</td>" in shown


def test_what_never_ends_is_looked_through_once():
    """A search that began anew at each of these marks would take hours, and stop the server."""
    runs = "a".join("`" * count for count in range(1, 1400))
    assert "](javascript:" not in neutral(f"{runs} [x](javascript:1)").replace("\\]", "")
    assert clean_table("<table>" + "<style " * 14_000) == "<table></table>"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`<b>`", "`<b>`"),
        ("``a ` <b>``", "``a ` <b>``"),
        ("| `<b> | c>` |", "| `&lt;b> | c>` |"),
        ("`a` <b> ``", "`a` &lt;b> ``"),
        ("`<b>", "`&lt;b>"),
    ],
)
def test_only_what_is_plainly_code_is_left_as_it_is(text, shown):
    assert neutral(text) == shown


def test_style_and_script_of_a_table_are_left_out_closed_or_not():
    row = "<table><tr><td>1</td></tr></table>"
    shown = "<table><tbody><tr><td>1</td></tr></tbody></table>"
    assert clean_table(f"<style>td {{}}</style>{row}") == shown
    assert clean_table(f"{row}<script>alert(1)") == shown
