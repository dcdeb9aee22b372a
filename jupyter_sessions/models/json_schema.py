"""Schemas of dispositions: which ones are taken, and whether a value fits.

JSON Schema, draft 2020-12, of an object. What could hang the server or fetch something from
elsewhere is refused. Source: https://json-schema.org/draft/2020-12
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator
from pydantic import JsonValue

from ..errors import BadRequest
from .disposition import JsonObject
from .json_size import size_fault
from .schema_grammar import grammar_fault
from .schema_sense import check_sense
from .schema_work import Path, subschemas, work

DRAFT = "https://json-schema.org/draft/2020-12/schema"
MAX_FIELDS = 200
MAX_DEPTH = 8
"""Levels of schemas in schemas."""
MAX_PARTS = 1_000
"""Schemas in a schema, each counted as often as it is referred to."""
MAX_NODES = 1_000
"""Values in a value."""
MAX_WORK = 20_000
"""Schemas that a value is held against: as many take about a second."""
MAX_REFERENCES = 32
"""In a row."""
MAX_FAULTS = 10
MAX_NAME = 200
TOO_MANY = f"It has more than {MAX_FIELDS} fields."

_ELSEWHERE = "only '$ref' to a place in the same schema is followed, such as '#/$defs/money'"
_REFUSED = {
    "$anchor": _ELSEWHERE,
    "$dynamicAnchor": _ELSEWHERE,
    "$dynamicRef": _ELSEWHERE,
    "$id": _ELSEWHERE,
    "$recursiveRef": _ELSEWHERE,
    "$vocabulary": "it is for schemas of schemas",
    "pattern": "a pattern can take hours for one text; list the values with 'enum' instead",
    "patternProperties": "a pattern can take hours for one text; name the fields instead",
    "unevaluatedItems": "write 'items' instead",
    "unevaluatedProperties": "write 'additionalProperties' instead",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value, and where."""

    path: Path
    message: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))}: {self.message}" if self.path else self.message


def wrong_schema(path: Path, sentence: str) -> BadRequest:
    """Return the error for a schema that is wrong at ``path``."""
    return BadRequest(sentence, details={"path": list(path)})


def check_schema(schema: JsonObject) -> None:
    """Raise BadRequest unless the schema can be used; ``details`` has the ``path`` of the fault."""
    if len(fields(schema)) > MAX_FIELDS:
        raise wrong_schema(("properties",), TOO_MANY)
    too_large = size_fault(schema)
    if too_large is not None:
        raise wrong_schema((), f"The schema cannot be taken. {too_large}")
    if schema.get("$schema", DRAFT) not in (DRAFT, f"{DRAFT}#"):
        raise wrong_schema(("$schema",), f"Only this kind of schema is understood: {DRAFT}.")
    if schema.get("type") != "object":
        raise wrong_schema(("type",), 'It must describe an object: write "type": "object".')
    fault = grammar_fault(schema)
    if fault is not None:
        raise wrong_schema(*fault)
    _Walk(schema).visit(schema, (), 0, ())
    if not schema.get("properties"):
        raise wrong_schema(("properties",), "It has no fields: name at least one in 'properties'.")


def faults(schema: JsonObject, value: JsonObject) -> list[Fault]:
    """Return what of ``value`` does not fit a checked schema: at most ten faults."""
    plain = expanded(schema)
    too_large = size_fault(value, MAX_NODES)
    if too_large is None and work(plain, value) > MAX_WORK:
        too_large = "It has too many values for so many alternatives to be checked."
    if too_large is not None:
        return [Fault((), too_large)]
    found = []
    # Without references, nothing can ever be fetched to follow one.
    for error in Draft202012Validator(plain).iter_errors(value):
        found.append(Fault(tuple(error.absolute_path), _short(error.message)))
        if len(found) == MAX_FAULTS:
            break
    return found


def expanded(schema: JsonObject) -> JsonObject:
    """Return a checked schema with each ``$ref`` replaced by what it refers to."""
    whole = _expanded(schema, schema)
    assert isinstance(whole, dict)
    return whole


def fields(schema: JsonObject) -> dict[str, JsonValue]:
    """Return the fields of a checked schema, each with its own schema."""
    found = schema.get("properties")
    return dict(found) if isinstance(found, dict) else {}


def choices(schema: JsonObject, name: str) -> list[JsonValue] | None:
    """Return the values that a field can have, where they are enumerated; else ``None``."""
    found = fields(expanded(schema)).get(name)
    if not isinstance(found, dict):
        return None
    if isinstance(listed := found.get("enum"), list):
        return listed
    if "const" in found:
        return [found["const"]]
    return [True, False] if found.get("type") == "boolean" else None


@dataclass(slots=True)
class _Walk:
    """Looks at each schema in a schema, as often as it is referred to."""

    root: JsonObject
    parts: int = 0
    names: int = 0
    sensible: set[Path] = field(default_factory=set)

    def visit(self, schema: JsonValue, path: Path, depth: int, through: tuple[Path, ...]) -> None:
        if isinstance(schema, bool):
            return
        if not isinstance(schema, dict):
            raise wrong_schema(path, "Here must be a schema: an object, or true or false.")
        self._count(schema, path, depth)
        for keyword, instead in _REFUSED.items():
            if keyword in schema:
                raise wrong_schema((*path, keyword), f"{keyword!r} is not taken here: {instead}.")
        if "$ref" in schema:
            self._follow(schema["$ref"], (*path, "$ref"), depth, through)
        for place, inner in subschemas(schema):
            self.visit(inner, (*path, *place), depth + 1, through)
        if path not in self.sensible:
            self.sensible.add(path)
            try:
                check_sense(schema, lambda pointer: follow(self.root, pointer)[1])
            except BadRequest as error:
                place = (error.details or {}).get("path", [])
                raise wrong_schema((*path, *place), str(error)) from error

    def _count(self, schema: JsonObject, path: Path, depth: int) -> None:
        self.parts += 1
        named = fields(schema)
        self.names += len(named)
        if depth > MAX_DEPTH:
            raise wrong_schema(path, f"It is nested more than {MAX_DEPTH} levels deep.")
        if self.names > MAX_FIELDS:
            raise wrong_schema((*path, "properties"), TOO_MANY)
        if self.parts > MAX_PARTS:
            raise wrong_schema(path, "It refers to its own parts too often to be checked.")
        for name in named:
            if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
                raise wrong_schema(
                    (*path, "properties", name),
                    f"The name of a field has 1 to {MAX_NAME} characters that can be seen.",
                )

    def _follow(
        self, pointer: JsonValue, path: Path, depth: int, through: tuple[Path, ...]
    ) -> None:
        try:
            place, target = follow(self.root, pointer)
        except BadRequest as error:
            raise wrong_schema(path, str(error)) from error
        if place in through:
            raise wrong_schema(path, f"{pointer} leads back to itself: a schema must have an end.")
        if len(through) == MAX_REFERENCES:
            raise wrong_schema(path, f"More than {MAX_REFERENCES} references follow one another.")
        self.visit(target, place, depth, (*through, place))


def follow(root: JsonObject, pointer: JsonValue) -> tuple[Path, JsonValue]:
    """Return the place and the part of a schema that ``#/a/b`` points to. Raises BadRequest."""
    if not isinstance(pointer, str) or not (pointer == "#" or pointer.startswith("#/")):
        raise BadRequest(f"{_short(repr(pointer))} leads elsewhere: {_ELSEWHERE}.")
    place: list[str | int] = []
    here: Any = root
    for token in pointer.split("/")[1:]:
        name = unquote(token).replace("~1", "/").replace("~0", "~")
        step: str | int = int(name) if isinstance(here, list) and name.isdecimal() else name
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError) as error:
            raise BadRequest(f"{_short(pointer)!r} points to nothing in this schema.") from error
        place.append(step)
    return tuple(place), here


def _expanded(root: JsonObject, schema: JsonValue) -> JsonValue:
    if not isinstance(schema, dict):
        return schema
    whole = {key: each for key, each in schema.items() if key not in ("$defs", "definitions")}
    for place, inner in subschemas(whole):
        _put(whole, place, _expanded(root, inner))
    pointer = whole.pop("$ref", None)
    if pointer is None:
        return whole
    target = _expanded(root, follow(root, pointer)[1])
    if not whole:
        return target
    if isinstance(target, dict) and not target.keys() & whole.keys():
        return target | whole
    listed = whole.get("allOf")
    return whole | {"allOf": [target, *(listed if isinstance(listed, list) else [])]}


def _put(schema: JsonObject, place: Path, inner: JsonValue) -> None:
    keyword = str(place[0])
    if len(place) == 1:
        schema[keyword] = inner
        return
    holder = schema[keyword]
    if isinstance(holder, dict):
        schema[keyword] = holder | {str(place[1]): inner}
    elif isinstance(holder, list):
        index = int(place[1])
        schema[keyword] = [*holder[:index], inner, *holder[index + 1 :]]


def _short(text: str) -> str:
    return text if len(text) <= 300 else text[:299] + "…"
