"""The tools of a session: their schemas for the model, their arguments checked."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, get_type_hints

from pydantic import ValidationError
from pydantic_ai.tools import Tool, ToolDefinition

from ..errors import BadRequest

ToolFunction = Callable[..., Awaitable[Any]]


class Toolbox:
    """Plain functions ``(ctx, **arguments)``, by name; the docstring is what the model reads."""

    def __init__(self, functions: Iterable[ToolFunction]) -> None:
        self._functions = {function.__name__: function for function in functions}
        self._tools = {
            name: Tool(_without_context(function), takes_ctx=False)
            for name, function in self._functions.items()
        }

    @property
    def names(self) -> list[str]:
        return list(self._functions)

    def definitions(self, names: Iterable[str]) -> list[ToolDefinition]:
        """Return what the model is told about these tools."""
        return [self._tools[name].tool_def for name in names]

    def bind(self, name: str, arguments: dict[str, Any]) -> Callable[[Any], Awaitable[Any]]:
        """Check the arguments; return the call, which waits for its context.

        Raises BadRequest, with a sentence for the model, for an unknown tool or wrong arguments.
        """
        if name not in self._functions:
            raise BadRequest(f"There is no tool {name!r}. There are: {', '.join(self.names)}.")
        try:
            checked = self._tools[name].function_schema.validator.validate_python(arguments)
        except ValidationError as error:
            faults = "; ".join(
                f"{'.'.join(str(part) for part in fault['loc']) or 'arguments'}: {fault['msg']}"
                for fault in error.errors(include_url=False, include_input=False)
            )
            raise BadRequest(f"The arguments of {name} do not fit: {faults}.") from error
        function = self._functions[name]
        return lambda context: function(context, **checked)


def _without_context(function: ToolFunction) -> ToolFunction:
    signature = inspect.signature(function)
    _, *others = signature.parameters.values()
    hints = get_type_hints(function)

    @functools.wraps(function)
    async def plain(**arguments: Any) -> Any:
        raise AssertionError("only its signature is used")

    plain.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[each.replace(annotation=hints[each.name]) for each in others]
    )
    del plain.__dict__["__wrapped__"]
    plain.__annotations__ = {each.name: hints[each.name] for each in others}
    return plain
