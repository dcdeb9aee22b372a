"""Contradictions in a schema: what no value could ever fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from jsonschema import Draft202012Validator
from pydantic import JsonValue

from ..errors import BadRequest
from .disposition import JsonObject

_ALL = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
_BELONGS = {
    "additionalProperties": "object",
    "contains": "array",
    "exclusiveMaximum": "number",
    "exclusiveMinimum": "number",
    "items": "array",
    "maxItems": "array",
    "maxLength": "string",
    "maxProperties": "object",
    "maximum": "number",
    "minItems": "array",
    "minLength": "string",
    "minProperties": "object",
    "minimum": "number",
    "multipleOf": "number",
    "prefixItems": "array",
    "properties": "object",
    "required": "object",
    "uniqueItems": "array",
}
_RANGES = (
    ("minimum", "maximum"),
    ("minItems", "maxItems"),
    ("minLength", "maxLength"),
    ("minProperties", "maxProperties"),
)

Follow = Callable[[JsonValue], JsonValue]


def check_sense(schema: JsonObject, follow: Follow) -> None:
    """Raise BadRequest over a contradiction; ``details`` has its ``path`` below ``schema``."""
    types = _types(schema, follow)
    if not types:
        raise _fault(["type"], "The types contradict each other: nothing could ever fit.")
    _check_values(schema, types)
    for keyword, kind in _BELONGS.items():
        possible = types & {kind, "integer"} if kind == "number" else types & {kind}
        if keyword in schema and "type" in schema and not possible:
            sentence = f"{keyword!r} is for type {kind}, but this is {_listed(types)}."
            raise _fault([keyword], sentence)
    for low, high in _RANGES:
        least, most = schema.get(low), schema.get(high)
        if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
            raise _fault([low], f"{low!r} is {least}, which is more than {high!r}, {most}.")
    _check_required(schema)


def _check_values(schema: JsonObject, types: frozenset[str]) -> None:
    listed = schema.get("enum")
    if listed == []:
        raise _fault(["enum"], "'enum' is empty: name at least one value.")
    values = listed if isinstance(listed, list) else []
    known: set[str] = set()
    for index, value in enumerate(values):
        text = json.dumps(value, sort_keys=True)
        if text in known:
            raise _fault(["enum", index], f"{text[:100]} is named twice.")
        known.add(text)
        if not _fits(value, types):
            raise _fault(["enum", index], f"{text[:100]} is not of type {_listed(types)}.")
    if "const" in schema and not _fits(schema["const"], types):
        raise _fault(["const"], f"'const' is not of type {_listed(types)}.")


def _check_required(schema: JsonObject) -> None:
    named = schema.get("properties", {})
    required = schema.get("required", [])
    assert isinstance(named, dict)
    assert isinstance(required, list)
    for index, name in enumerate(required):
        closed = schema.get("additionalProperties") is False and name not in named
        if closed or (isinstance(name, str) and named.get(name) is False):
            raise _fault(["required", index], f"{name!r} is required, but there is no such field.")


def _types(schema: JsonValue, follow: Follow) -> frozenset[str]:
    """Return the types that a value may have; ``number`` never comes without ``integer``."""
    if not isinstance(schema, dict):
        return _ALL if schema is not False else frozenset()
    given = schema.get("type")
    types = _ALL
    if given is not None:
        named = {str(each) for each in (given if isinstance(given, list) else [given])}
        types = frozenset(named | {"integer"} if "number" in named else named)
    parts: Any = schema.get("allOf") or []
    for part in parts:
        types &= _types(part, follow)
    if "$ref" in schema:
        types &= _types(follow(schema["$ref"]), follow)
    return types


def _fits(value: JsonValue, types: frozenset[str]) -> bool:
    is_type = Draft202012Validator.TYPE_CHECKER.is_type
    return any(is_type(value, each) for each in types)


def _listed(types: frozenset[str]) -> str:
    shown = types - {"integer"} if "number" in types else types
    return " or ".join(sorted(shown))


def _fault(path: list[str | int], sentence: str) -> BadRequest:
    return BadRequest(sentence, details={"path": path})
