"""The tool that decides; what it takes is made from the session's schema."""

from __future__ import annotations

from pydantic import JsonValue

from ...actions.dispositions import decide
from ...models.disposition import JsonObject
from ...models.json_schema import expanded, fields
from .context import ToolContext, ToolResult


async def set_disposition(
    ctx: ToolContext, value: dict[str, JsonValue], evidence: dict[str, int | str] | None = None
) -> ToolResult:
    """Set the disposition: what this session has determined. A later one takes its place.

    Args:
        value: The determination. It must fit the schema; only then it is stored.
        evidence: For fields of the value, the number of the key result that each rests on.
    """
    await decide(ctx.timeline, ctx.origin, value, evidence or {}, call_id=ctx.call_id)
    return ToolResult("The disposition is set.", "set")


def parameters(schema: JsonObject) -> JsonObject:
    """Return the JSON Schema of the tool's arguments, for a session's schema."""
    value = {key: each for key, each in expanded(schema).items() if key != "$schema"}
    evidence: JsonObject = {
        "type": "object",
        "description": "For fields of the value, the number of the key result that each rests on.",
        "properties": {name: {"type": "integer"} for name in fields(schema)},
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"value": value, "evidence": evidence},
        "required": ["value"],
        "additionalProperties": False,
    }
