"""A conversation as a notebook: what was said as Markdown, what ran as code with its outputs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..ids import BlobHash
from ..models.event import EventBase
from ..models.session import Session
from .markdown import MARKS
from .outputs import joined, pictures_of, pretty
from .safe_html import clean_table
from .safe_markdown import fenced, inline, neutral
from .story import Call, Entry, Execution, Finding, Message, Note, Story

Json = dict[str, Any]


class Notebook:
    """Writes nbformat 4.5, cell by cell. Outputs keep text, PNG, JPEG, and plain tables."""

    media_type, suffix = "application/x-ipynb+json", "ipynb"
    needs_all_blobs = False

    def __init__(
        self, session: Session, project: str, replaced: Sequence[tuple[int, int]] = ()
    ) -> None:
        self._session = session
        self._project = project
        self._story = Story(replaced)
        self._count = 0

    def begin(self) -> str:
        """Return all that stands before the second cell."""
        metadata = {"language_info": {"name": "python"}}
        head = f'{{"nbformat":4,"nbformat_minor":5,"metadata":{_dumps(metadata)},"cells":[\n'
        title = f"# {inline(self._session.name)}\n\n{inline(self._project)}"
        return head + self._cell(_markdown(title))

    def add(
        self, events: Iterable[EventBase[Any]], blobs: Mapping[BlobHash, bytes]
    ) -> Iterator[str]:
        """Yield the cells of some events."""
        for event in events:
            for entry in self._story.add(event, blobs):
                yield from map(self._cell, _cells(entry))

    def end(self) -> str:
        """Return the last cells and the end of the file."""
        cells = [cell for entry in self._story.end() for cell in _cells(entry)]
        return "".join(map(self._cell, cells)) + "\n]}\n"

    def _cell(self, cell: Json) -> str:
        self._count += 1
        comma = ",\n" if self._count > 1 else ""
        return comma + _dumps({"id": f"entry-{self._count}", "metadata": {}, **cell})


def _cells(entry: Entry) -> Iterator[Json]:
    match entry:
        case Message():
            who = "You" if entry.who == "user" else "Agent"
            yield _markdown(f"**{who}:**\n\n{neutral(entry.text)}")
        case Call():
            yield from _call(entry)
        case Execution():
            yield _code(entry)
        case Finding():
            value = "" if entry.value is None else fenced(pretty(entry.value), "json")
            yield _markdown(f"**{inline(entry.title)}**\n\n{neutral(entry.text) or value}")
        case Note():
            yield _markdown(f"*{inline(entry.text)}*")


def _call(call: Call) -> Iterator[Json]:
    """Yield the cells that a call ran; of another call a line, and what it was asked for."""
    yield from map(_code, call.executions)
    if not call.executions:
        title = f"{MARKS.get(call.outcome, '?')} {call.tool}: {call.summary or call.outcome}"
        asked = f"\n\n{fenced(pretty(call.arguments), 'json')}" if call.arguments else ""
        yield _markdown(inline(title) + asked)


def _markdown(source: str) -> Json:
    return {"cell_type": "markdown", "source": source}


def _code(done: Execution) -> Json:
    outputs = [made for output in done.outputs if (made := _output(output)) is not None]
    return {
        "cell_type": "code",
        "source": done.source,
        "execution_count": done.execution_count,
        "outputs": outputs,
    }


def _output(output: Any) -> Json | None:
    """Return an output, made anew out of the parts that are safe to show."""
    if not isinstance(output, dict):
        return None
    match output.get("output_type"):
        case "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            return {"output_type": "stream", "name": name, "text": joined(output.get("text"))}
        case "error":
            trace = output.get("traceback")
            return {
                "output_type": "error",
                "ename": str(output.get("ename")),
                "evalue": str(output.get("evalue")),
                "traceback": list(map(str, trace)) if isinstance(trace, list) else [],
            }
        case "display_data" | "execute_result":
            return _display(output)
        case _:
            return None


def _display(output: Json) -> Json:
    data = output.get("data")
    shown: Json = dict(pictures_of(output))
    if isinstance(data, dict):
        shown["text/plain"] = joined(data.get("text/plain"))
        if table := clean_table(joined(data.get("text/html"))):
            shown["text/html"] = table
    made = {"output_type": output["output_type"], "data": shown, "metadata": {}}
    if output["output_type"] == "execute_result":
        count = output.get("execution_count")
        made["execution_count"] = count if isinstance(count, int) else None
    return made


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
