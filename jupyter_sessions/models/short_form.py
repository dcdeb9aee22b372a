"""The short form of a schema: ``{"risk": "LOW|HIGH", "savings": "Number?", "notes": "String"}``.

Each field has a type: ``String``, ``Number``, ``Integer``, ``Boolean``, ``List of strings``, or the
values that it can have, with ``|`` between them. ``?`` behind it makes the field optional; what
follows `` # `` is a note for the model.
"""

from __future__ import annotations

from pydantic import JsonValue

from ..errors import BadRequest
from .disposition import JsonObject
from .json_schema import DRAFT, check_schema, wrong_schema

STRINGS = "List of strings"
_TYPES: dict[str, JsonObject] = {
    "String": {"type": "string"},
    "Number": {"type": "number"},
    "Integer": {"type": "integer"},
    "Boolean": {"type": "boolean"},
    STRINGS: {"type": "array", "items": {"type": "string"}},
}
_SPELLINGS = {name.lower(): name for name in _TYPES} | {
    "bool": "Boolean",
    "float": "Number",
    "int": "Integer",
    "list": STRINGS,
    "list of string": STRINGS,
    "string[]": STRINGS,
    "strings": STRINGS,
    "text": "String",
}
_NOTE = " # "
_JSON_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})


def as_json_schema(given: JsonObject) -> JsonObject:
    """Return the JSON Schema for a schema in either form, checked.

    Raises BadRequest with the ``path`` of the fault, in the form that was given, in ``details``.
    """
    if not is_short(given):
        check_schema(given)
        return given
    schema = _long(given)
    try:
        check_schema(schema)
    except BadRequest as error:
        _, *place = (error.details or {}).get("path") or [""]
        raise wrong_schema(tuple(place[:1]), str(error)) from error
    return schema


def is_short(given: JsonObject) -> bool:
    """Tell whether a schema is meant to be in the short form."""
    if any(name.startswith("$") for name in given):
        return False
    kind = given.get("type")
    if isinstance(kind, list) or (isinstance(kind, str) and kind in _JSON_TYPES):
        return False
    keywords = ("properties", "required", "allOf", "anyOf", "oneOf", "items", "enum")
    return not any(isinstance(given.get(name), dict | list) for name in keywords)


def short_form(schema: JsonObject) -> JsonObject | None:
    """Return the short form of a JSON Schema; ``None`` where that cannot say all of it."""
    named = schema.get("properties")
    required = schema.get("required", [])
    if not isinstance(named, dict) or not isinstance(required, list):
        return None
    short: JsonObject = {}
    for name, each in named.items():
        kind = _kind(each)
        if kind is None:
            return None
        note = each.get("description") if isinstance(each, dict) else None
        optional = "" if name in required else "?"
        short[name] = f"{kind}{optional}{_NOTE}{note}" if note else f"{kind}{optional}"
    try:
        same = is_short(short) and _comparable(_long(short)) == _comparable(schema)
    except BadRequest:
        return None
    return short if same else None


def _long(short: JsonObject) -> JsonObject:
    if not short:
        raise wrong_schema((), "The schema is empty: name at least one field.")
    named: JsonObject = {}
    required: list[JsonValue] = []
    for name, text in short.items():
        if not isinstance(text, str):
            raise wrong_schema((name,), f"{name!r} must have a type as text: {_KINDS}.")
        kind, _, note = text.partition(_NOTE)
        named[name] = _field(name, kind.strip().removesuffix("?").rstrip(), note.strip())
        if not kind.rstrip().endswith("?"):
            required.append(name)
    return {
        "type": "object",
        "properties": named,
        "required": required,
        "additionalProperties": False,
    }


_KINDS = f"{', '.join(_TYPES)}, or values such as LOW|HIGH"


def _field(name: str, kind: str, note: str) -> JsonObject:
    known = _SPELLINGS.get(kind.lower())
    if known is not None:
        made = dict(_TYPES[known])
    elif "|" in kind:
        values = [each.strip() for each in kind.split("|")]
        if "" in values:
            raise wrong_schema((name,), f"{name!r} has an empty value in {kind[:100]!r}.")
        if len(set(values)) < len(values):
            raise wrong_schema((name,), f"{name!r} has a value twice in {kind[:100]!r}.")
        made = {"type": "string", "enum": list(values)}
    else:
        raise wrong_schema((name,), f"{kind[:100]!r} is no type for {name!r}. Write {_KINDS}.")
    return made | {"description": note} if note else made


def _kind(field: JsonValue) -> str | None:
    if not isinstance(field, dict):
        return None
    bare = {key: each for key, each in field.items() if key != "description"}
    values = bare.pop("enum", None)
    if isinstance(values, list):
        texts = [each for each in values if isinstance(each, str)]
        return "|".join(texts) if len(texts) == len(values) > 1 else None
    return next((name for name, each in _TYPES.items() if each == bare), None)


def _comparable(schema: JsonObject) -> JsonObject:
    """Return the schema without what means nothing: the order of what is required, its draft."""
    bare = {key: each for key, each in schema.items() if key != "$schema" or each != DRAFT}
    required = schema.get("required")
    if isinstance(required, list):
        bare["required"] = sorted(required, key=str)
    return bare
