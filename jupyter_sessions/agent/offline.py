"""The offline agent: a deterministic model that turns what is typed into real tool calls.

It goes through the same loop as any other model, and says that it is no language model.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass, field

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
TAIL = 8_000
"""Characters of a long list that hold its last cells."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A call that the agenda wants made."""

    tool: str
    arguments: dict[str, object]


Agenda = Generator[list[Ask], list[str], str]
"""Yields the calls of the next response, is sent their results, and returns the last words."""
Step = Generator[list[Ask], list[str], str | None]
"""A part of it: returns why it goes no further, or ``None``."""


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
    missing = {ask.tool for ask in asks} - tools
    if missing:
        asks = [Ask("prompt_user", {"question": _cannot(missing, tools)})]
    yield {
        index: DeltaToolCall(ask.tool, json.dumps(ask.arguments)) for index, ask in enumerate(asks)
    }


def _cannot(missing: set[str], tools: set[str]) -> str:
    if tools == {"prompt_user"}:
        return "The limit of steps is reached. Send the rest again, and I go on."
    if "set_disposition" in missing:
        return "This session has no schema, so there is nothing to decide. Add one, and I go on?"
    return f"I may not use {', '.join(sorted(missing))} here. What shall I do instead?"


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
    # The last: what comes before it may quote anything.
    found = re.findall(r"^Notebook that the user looks at: (.+)$", instructions, re.MULTILINE)
    return str(found[-1]) if found else None


@dataclass(slots=True)
class _Progress:
    """Where the agent works, and what it has done so far."""

    notebook: str | None
    last: str | None = None
    """The cell that was run last."""
    done: list[str] = field(default_factory=list)

    def find_notebook(self) -> Generator[list[Ask], list[str], str]:
        """Return the notebook to work in: the first of the project, or a new one."""
        if self.notebook is None:
            self.notebook = yield from _find_notebook()
        return self.notebook


def _agenda(items: list[Item], notebook: str | None) -> Agenda:
    progress = _Progress(notebook)
    if not items:
        return HELP
    for group in _groups(items):
        if isinstance(group[0], Block):
            problem = yield from _work(group[0], progress)
        else:
            problem = yield from _obey([it for it in group if isinstance(it, Command)], progress)
        if problem:
            progress.done.append(problem)
            break
    return " ".join(progress.done)


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


def _work(block: Block, progress: _Progress) -> Step:
    """Insert the block as a cell, and run it when it is code."""
    if block.kind == "shell":
        return (yield from _terminal(block.source, progress))
    notebook = yield from progress.find_notebook()
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
        progress.done.append(f"Wrote a text cell into `{notebook}`.")
        return None
    [ran] = yield [Ask("run_cell", {"notebook": notebook, "cell_id": found[1]})]
    if not ran.startswith("The cell ran"):
        return f"A cell in `{notebook}` failed, so I stopped there. Its error is shown above."
    progress.last = found[1]
    progress.done.append(
        f"Ran a new cell in `{notebook}`: {_first(ran).removeprefix('The cell ran ')}"
    )
    return None


def _terminal(command: str, progress: _Progress) -> Step:
    [result] = yield [Ask("run_terminal", {"command": command})]
    if "[exit code 0;" not in result:
        return f"The command `{_first(command)}` did not succeed; its output is shown above."
    progress.done.append(f"Ran `{_first(command)}` in a terminal.")
    return None


def _obey(commands: list[Command], progress: _Progress) -> Step:
    first = commands[0]
    if first.name in _DOES:
        return (yield from _DOES[first.name](first.argument, progress))
    if first.name not in _LOOKS:
        return f"I do not know `/{first.name}`. {HELP}"
    asks = [_LOOKS[command.name](command.argument) for command in commands]
    results = yield asks
    failed = [result for result in results if result.startswith("Error:")]
    if failed:
        return f"{len(failed)} of {len(results)} failed: {_first(failed[0])}"
    progress.done.append("Here is what I found; open the calls above to read it.")
    return None


def _ask(question: str, progress: _Progress) -> Step:
    yield [Ask("prompt_user", {"question": question or "What next?"})]
    return None


def _help(argument: str, progress: _Progress) -> Step:
    progress.done.append(HELP)
    yield from ()
    return None


def _run(cell_id: str, progress: _Progress) -> Step:
    if not cell_id:
        return "Say which cell: `/run <cell id>`."
    notebook = yield from progress.find_notebook()
    [ran] = yield [Ask("run_cell", {"notebook": notebook, "cell_id": cell_id})]
    if not ran.startswith("The cell ran"):
        return f"The cell did not run: {_first(ran)}"
    progress.last = cell_id
    progress.done.append(f"Ran cell {cell_id} of `{notebook}`.")
    return None


def _promote(argument: str, progress: _Progress) -> Step:
    """Promote what a cell returned; ``last`` is the one run last, or the notebook's last one."""
    cell_id, _, title = argument.partition(" ")
    if not cell_id:
        return "Say which cell: `/promote <cell id> <title>`, or `/promote last <title>`."
    notebook = yield from progress.find_notebook()
    if cell_id == "last":
        found = progress.last or (yield from _last_code_cell(notebook))
        if found is None:
            return f"There is no code cell in `{notebook}`, so there is nothing to promote."
        cell_id = found
    title = title.strip() or f"Result of cell {cell_id}"
    [promoted] = yield [
        Ask("promote_result", {"notebook": notebook, "cell_id": cell_id, "title": title})
    ]
    if not promoted.startswith("Promoted"):
        return f"It was not promoted: {_first(promoted).removeprefix('Error: ')}"
    progress.done.append(f"{_first(promoted)}")
    return None


def _dispose(argument: str, progress: _Progress) -> Step:
    """Decide: a JSON object with the value, and maybe one with the evidence behind it."""
    try:
        value, end = json.JSONDecoder().raw_decode(argument)
        evidence = json.loads(argument[end:].strip() or "{}")
    except ValueError as error:
        return f'Write the value as JSON, such as `/dispose {{"risk": "LOW"}}`. {error}.'
    [result] = yield [Ask("set_disposition", {"value": value, "evidence": evidence})]
    if result.startswith("Error:"):
        return f"Nothing was decided. {_first(result).removeprefix('Error: ')}"
    progress.done.append("The disposition is set.")
    return None


def _branch(argument: str, progress: _Progress) -> Step:
    """List the branches, make one, or switch to one."""
    what, _, name = argument.partition(" ")
    asks = {
        "": Ask("list_branches", {}),
        "new": Ask("create_branch", {"name": name.strip()}),
        "switch": Ask("switch_branch", {"branch": name.strip()}),
    }
    if what not in asks or bool(what) != bool(name.strip()):
        return "Write `/branch`, `/branch new NAME`, or `/branch switch NAME`."
    return (yield from _once(asks[what], progress))


def _diff(argument: str, progress: _Progress) -> Step:
    asked: dict[str, object] = {"base": argument} if argument else {}
    return (yield from _once(Ask("diff_branches", asked), progress))


def _merge(argument: str, progress: _Progress) -> Step:
    asked: dict[str, object] = {"into": argument} if argument else {}
    return (yield from _once(Ask("propose_merge", asked), progress))


def _once(ask: Ask, progress: _Progress) -> Step:
    """Make one call, and say the first line of what came of it."""
    [result] = yield [ask]
    if result.startswith("Error:"):
        return _first(result).removeprefix("Error: ")
    progress.done.append(_first(result))
    return None


def _last_code_cell(notebook: str) -> Generator[list[Ask], list[str], str | None]:
    [listing] = yield [Ask("list_cells", {"notebook": notebook})]
    cut = re.search(r"\[([\d,]+) more .*\(call_id='(\S+)', offset=(\d+)\)\]$", listing)
    if cut:
        offset = max(int(cut[3]), int(cut[3]) + int(cut[1].replace(",", "")) - TAIL)
        [listing] = yield [Ask("read_result", {"call_id": cut[2], "offset": offset})]
    found = re.findall(r"^\d+ (\S+) code ", listing, re.MULTILINE)
    return str(found[-1]) if found else None


_DOES: dict[str, Callable[[str, _Progress], Step]] = {
    "ask": _ask,
    "branch": _branch,
    "diff": _diff,
    "dispose": _dispose,
    "help": _help,
    "merge": _merge,
    "promote": _promote,
    "run": _run,
    "terminal": _terminal,
}


_LOOKS: dict[str, Callable[[str], Ask]] = {
    "read": lambda argument: Ask("read_file", {"path": argument}),
    "list": lambda argument: Ask("list_files", {"path": argument or "."}),
    "search": lambda argument: Ask("search_files", {"query": argument}),
}


def _first(text: str) -> str:
    line = text.strip().splitlines()[0] if text.strip() else ""
    return line if len(line) <= 200 else line[:199] + "…"
