"""Whether a schema is written as JSON Schema wants it; if not, where, and in words."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.exceptions import best_match

from .disposition import JsonObject
from .schema_work import Path

_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}
_SCHEMA = "a schema (an object, or true or false)"
_NO_TYPE = "is no type. There are: string, number, integer, boolean, array, object and null."
_MAX_SHOWN = 100


def grammar_fault(schema: JsonObject) -> tuple[Path, str] | None:
    """Return place and sentence of what is wrong with a schema; ``None`` when nothing is."""
    # The checker of formats would compile the patterns of people we do not know.
    checker = Draft202012Validator(
        Draft202012Validator.META_SCHEMA, format_checker=FormatChecker(formats=())
    )
    error = best_match(checker.iter_errors(schema))
    return None if error is None else (tuple(error.absolute_path), _sentence(error))


def _sentence(error: ValidationError) -> str:
    shown, wanted = _shown(error.instance), error.validator_value
    name = _named(tuple(error.absolute_path))
    match error.validator:
        case "anyOf" | "enum" if ("type", "anyOf") in pairwise(error.absolute_schema_path):
            return f"{shown} {_NO_TYPE}"
        case "type":
            return f"{name} must be {_type(wanted)}, not {shown}."
        case "minimum":
            return f"{name} must be {wanted} or more, not {shown}."
        case "exclusiveMinimum":
            return f"{name} must be more than {wanted}, not {shown}."
        case "minItems":
            return f"{name} cannot be empty."
        case "uniqueItems":
            return f"{name} cannot have something twice: {shown}."
        case _:
            return f"{_short(error.message)}."


def _named(path: Path) -> str:
    """Return what a part of a schema is called: a keyword or a field, as it is written."""
    name = _short(str(next((step for step in reversed(path) if isinstance(step, str)), "It")))
    return f"Each item of {name}" if path and isinstance(path[-1], int) else name


def _type(wanted: Any) -> str:
    return _TYPES[wanted] if isinstance(wanted, str) else _SCHEMA


def _shown(value: Any) -> str:
    return _short(json.dumps(value, ensure_ascii=False))


def _short(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…"
