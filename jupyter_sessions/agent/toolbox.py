"""The tools of a session: their schemas for the model, their arguments checked."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, get_type_hints

from pydantic import ValidationError
from pydantic_ai.tools import Tool, ToolDefinition

from ..errors import BadRequest
from ..models.disposition import JsonObject

ToolFunction = Callable[..., Awaitable[Any]]


class Toolbox:
    """Plain functions ``(ctx, **arguments)``, by name; the docstring is what the model reads."""

    def __init__(self, functions: Iterable[ToolFunction]) -> None:
        self._functions = {function.__name__: function for function in functions}
        self._tools = {
            name: Tool(_without_context(function), takes_ctx=False)
            for name, function in self._functions.items()
        }
        self._parameters: Mapping[str, JsonObject] = {}
        self._names = list(self._functions)

    @property
    def names(self) -> list[str]:
        return list(self._names)

    def only(self, names: Collection[str], parameters: Mapping[str, JsonObject]) -> Toolbox:
        """Return a toolbox with some of these tools: the others can be neither seen nor called.

        ``parameters`` are JSON Schemas for arguments that are known at run time only.
        """
        some = Toolbox(())
        some._functions, some._tools = self._functions, self._tools
        some._names = [name for name in self._names if name in names]
        some._parameters = parameters
        return some

    def definitions(self, names: Iterable[str]) -> list[ToolDefinition]:
        """Return what the model is told about these tools."""
        return [self._definition(name) for name in names if name in self._names]

    def _definition(self, name: str) -> ToolDefinition:
        definition = self._tools[name].tool_def
        if name not in self._parameters:
            return definition
        return replace(definition, parameters_json_schema=self._parameters[name])

    def bind(self, name: str, arguments: dict[str, Any]) -> Callable[[Any], Awaitable[Any]]:
        """Check the arguments; return the call, which waits for its context.

        Raises BadRequest, with a sentence for the model, for an unknown tool or wrong arguments.
        """
        if name not in self._names:
            there = f"There are: {', '.join(self._names)}."
            if name in self._functions:
                raise BadRequest(f"The tool {name!r} is switched off in this session. {there}")
            raise BadRequest(f"There is no tool {name!r}. {there}")
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
