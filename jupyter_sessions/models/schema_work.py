"""The schemas in a schema, and how much there is to do to hold a value against them."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from .disposition import JsonObject

Path = tuple[str | int, ...]

_ONE = ("additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then")
_MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("$defs", "definitions", "dependentSchemas", "properties")


def subschemas(schema: JsonObject) -> Iterator[tuple[Path, JsonValue]]:
    """Yield the schemas directly in a schema, with their places."""
    for keyword in _ONE:
        if keyword in schema:
            yield (keyword,), schema[keyword]
    for keyword in _MANY:
        many = schema.get(keyword)
        if isinstance(many, list):
            yield from (((keyword, index), each) for index, each in enumerate(many))
    for keyword in _NAMED:
        named = schema.get(keyword)
        if isinstance(named, dict):
            yield from (((keyword, name), each) for name, each in named.items())


def work(schema: JsonValue, value: JsonValue) -> int:
    """Return how many schemas a value is held against; ``schema`` has no references."""
    if not isinstance(schema, dict):
        return 1
    inside = sum(
        work(inner, each) for place, inner in subschemas(schema) for each in _applied(place, value)
    )
    return 1 + inside + _comparisons(schema, value) // 5


def _applied(place: Path, value: JsonValue) -> list[JsonValue]:
    """Return the parts of a value that the schema at ``place`` is for."""
    keyword, *rest = place
    if keyword in ("properties", "prefixItems"):
        key = rest[0]
        if isinstance(value, dict) and isinstance(key, str):
            return [value[key]] if key in value else []
        if isinstance(value, list) and isinstance(key, int):
            return value[key : key + 1]
        return []
    if keyword in ("items", "contains"):
        return value if isinstance(value, list) else []
    if keyword == "additionalProperties":
        return list(value.values()) if isinstance(value, dict) else []
    if keyword == "propertyNames":
        return list(value) if isinstance(value, dict) else []
    return [value]


def _comparisons(schema: JsonObject, value: JsonValue) -> int:
    listed = schema.get("enum")
    count = len(listed) if isinstance(listed, list) else 0
    unique = value if schema.get("uniqueItems") and isinstance(value, list) else []
    if any(isinstance(each, dict | list) for each in unique):  # they cannot be sorted
        count += len(unique) ** 2 // 2
    return count
