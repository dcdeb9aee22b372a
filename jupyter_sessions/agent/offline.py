"""The offline agent: a deterministic model that turns what is typed into real tool calls.

It goes through the same loop as any other model, and says that it is no language model.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, DeltaToolCalls, FunctionModel

from .offline_text import HELP, Block, Command, Item, parse

NEW_NOTEBOOK = "agent.ipynb"
MAX_CALLS = 5


@dataclass(frozen=True, slots=True)
class Ask:
    """A call that the agenda wants made."""

    tool: str
    arguments: dict[str, object]


Agenda = Generator[list[Ask], list[str], str]
"""Yields the calls of the next response, is sent their results, and returns the last words."""


def offline_model() -> FunctionModel:
    """Return the offline agent."""
    return FunctionModel(stream_function=_stream, model_name="offline")


async def _stream(
    messages: list[ModelMessage], info: AgentInfo
) -> AsyncIterator[str | DeltaToolCalls]:
    tools = {tool.name for tool in info.function_tools}
    prompt, batches = _conversation(messages)
    agenda = _agenda(parse(prompt), _notebook(info.instructions or ""))
    try:
        asks = next(agenda)
        for results in batches:
            asks = agenda.send(results)
    except StopIteration as done:
        for piece in re.findall(r"\S+\s*", str(done.value)):
            yield piece
        return
    if not tools >= {ask.tool for ask in asks}:
        question = "The limit of steps is reached. Send the rest again, and I go on."
        asks = [Ask("prompt_user", {"question": question})]
    yield {
        index: DeltaToolCall(ask.tool, json.dumps(ask.arguments)) for index, ask in enumerate(asks)
    }


def _conversation(messages: list[ModelMessage]) -> tuple[str, list[list[str]]]:
    """Return the last prompt, and the results of each response since."""
    prompt, batches, calls = "", [], []
    for message in messages:
        if isinstance(message, ModelResponse):
            calls = [part for part in message.parts if isinstance(part, ToolCallPart)]
            continue
        assert isinstance(message, ModelRequest)
        results = {
            part.tool_call_id: str(part.content)
            for part in message.parts
            if isinstance(part, ToolReturnPart)
        }
        said = [part.content for part in message.parts if isinstance(part, UserPromptPart)]
        if results:
            batches.append([results.get(call.tool_call_id, "") for call in calls])
        if said:
            prompt, batches = str(said[-1]), []
    return prompt, batches


def _notebook(instructions: str) -> str | None:
    found = re.search(r"^Notebook that the user looks at: (.+)$", instructions, re.MULTILINE)
    return found[1] if found else None


def _agenda(items: list[Item], notebook: str | None) -> Agenda:
    done: list[str] = []
    if not items:
        return HELP
    for group in _groups(items):
        if isinstance(group[0], Block):
            if notebook is None:
                notebook = yield from _find_notebook()
            problem = yield from _work(group[0], notebook, done)
        else:
            commands = [item for item in group if isinstance(item, Command)]
            problem = yield from _obey(commands, notebook, done)
        if problem:
            done.append(problem)
            break
    return " ".join(done)


def _groups(items: list[Item]) -> list[list[Item]]:
    """Put neighbouring commands that only look into one response: they run in parallel."""
    groups: list[list[Item]] = []
    for item in items:
        looks = isinstance(item, Command) and item.name in {"read", "list", "search"}
        last = groups[-1] if groups else []
        joins = looks and last and isinstance(last[0], Command) and last[0].name in {
            "read", "list", "search",
        }  # fmt: skip
        if joins and len(last) < MAX_CALLS:
            last.append(item)
        else:
            groups.append([item])
    return groups


def _find_notebook() -> Generator[list[Ask], list[str], str]:
    [listing] = yield [Ask("list_files", {"path": "."})]
    names = re.findall(r"(\S+\.ipynb)\b", listing)
    if names:
        return str(names[0])
    yield [Ask("create_notebook", {"path": NEW_NOTEBOOK})]
    return NEW_NOTEBOOK


def _work(
    block: Block, notebook: str, done: list[str]
) -> Generator[list[Ask], list[str], str | None]:
    """Insert the block as a cell, and run it when it is code."""
    if block.kind == "shell":
        return (yield from _terminal(block.source, done))
    [inserted] = yield [
        Ask(
            "insert_cell",
            {"notebook": notebook, "source": block.source, "cell_type": block.kind},
        )
    ]
    found = re.search(r"cell (\S+) at", inserted)
    if found is None:
        return f"I could not insert the cell: {_first(inserted)}"
    if block.kind == "markdown":
        done.append(f"Wrote a text cell into `{notebook}`.")
        return None
    [ran] = yield [Ask("run_cell", {"notebook": notebook, "cell_id": found[1]})]
    if not ran.startswith("The cell ran"):
        return f"A cell in `{notebook}` failed, so I stopped there. Its error is shown above."
    done.append(f"Ran a new cell in `{notebook}`: {_first(ran).removeprefix('The cell ran ')}")
    return None


def _terminal(command: str, done: list[str]) -> Generator[list[Ask], list[str], str | None]:
    [result] = yield [Ask("run_terminal", {"command": command})]
    if "[exit code 0;" not in result:
        return f"The command `{_first(command)}` did not succeed; its output is shown above."
    done.append(f"Ran `{_first(command)}` in a terminal.")
    return None


def _obey(
    commands: list[Command], notebook: str | None, done: list[str]
) -> Generator[list[Ask], list[str], str | None]:
    first = commands[0]
    if first.name == "terminal":
        return (yield from _terminal(first.argument, done))
    if first.name == "ask":
        yield [Ask("prompt_user", {"question": first.argument or "What next?"})]
        return None
    if first.name == "help":
        done.append(HELP)
        return None
    if first.name == "run":
        return (yield from _run(first.argument, notebook, done))
    if first.name not in _LOOKS:
        return f"I do not know `/{first.name}`. {HELP}"
    asks = [_LOOKS[command.name](command.argument) for command in commands]
    results = yield asks
    failed = [result for result in results if result.startswith("Error:")]
    if failed:
        return f"{len(failed)} of {len(results)} failed: {_first(failed[0])}"
    done.append("Here is what I found; open the calls above to read it.")
    return None


def _run(
    cell_id: str, notebook: str | None, done: list[str]
) -> Generator[list[Ask], list[str], str | None]:
    if not cell_id:
        return "Say which cell: `/run <cell id>`."
    if notebook is None:
        notebook = yield from _find_notebook()
    [ran] = yield [Ask("run_cell", {"notebook": notebook, "cell_id": cell_id})]
    if not ran.startswith("The cell ran"):
        return f"The cell did not run: {_first(ran)}"
    done.append(f"Ran cell {cell_id} of `{notebook}`.")
    return None


_LOOKS: dict[str, Callable[[str], Ask]] = {
    "read": lambda argument: Ask("read_file", {"path": argument}),
    "list": lambda argument: Ask("list_files", {"path": argument or "."}),
    "search": lambda argument: Ask("search_files", {"query": argument}),
}


def _first(text: str) -> str:
    line = text.strip().splitlines()[0] if text.strip() else ""
    return line if len(line) <= 200 else line[:199] + "…"
