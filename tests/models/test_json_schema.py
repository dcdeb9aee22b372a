"""Which schemas are taken, and what a value is told."""

from __future__ import annotations

import json
import socket

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_sessions.errors import BadRequest
from jupyter_sessions.models.json_schema import (
    check_schema,
    choices,
    expanded,
    faults,
)


def of(**named):
    """An object schema with these fields."""
    return {"type": "object", "properties": named}


def refused(schema):
    """Return path and sentence of the fault of a schema that must be refused."""
    with pytest.raises(BadRequest) as caught:
        check_schema(schema)
    return caught.value.details["path"], str(caught.value)


def nested(levels):
    schema = {"type": "string"}
    for _ in range(levels):
        schema = of(a=schema)
    return schema


DOUBLING = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(30)}
CHAIN = {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(40)}
A = ["properties", "a"]


@pytest.mark.parametrize(
    ("schema", "path", "words"),
    [
        ({}, ["type"], "must describe an object"),
        ({"type": "array"}, ["type"], "must describe an object"),
        ({"type": ["object", "null"], "properties": {"a": {}}}, ["type"], "describe an object"),
        ({"type": "object"}, ["properties"], "no fields"),
        (of(), ["properties"], "no fields"),
        # grammar
        ({"type": "object", "properties": 5}, ["properties"],
         "properties must be an object, not 5."),
        (of(a=3), A, "a must be a schema (an object, or true or false), not 3."),
        (of(type=3), ["properties", "type"], "type must be a schema"),
        (of(a={"type": "strin"}), [*A, "type"], '"strin" is no type. There are: string'),
        (of(a={"type": ["null", "strin"]}), [*A, "type", 1], '"strin" is no type. There are'),
        (of(a={"type": []}), [*A, "type"], "type cannot be empty."),
        (of(a={"type": "number", "maximum": "1"}), [*A, "maximum"],
         'maximum must be a number, not "1".'),
        (of(a={"minLength": 1.5}), [*A, "minLength"], "must be a whole number, not 1.5."),
        (of(a={"minLength": -1}), [*A, "minLength"], "minLength must be 0 or more, not -1."),
        (of(a={"multipleOf": 0}), [*A, "multipleOf"], "must be more than 0, not 0."),
        (of(a={"uniqueItems": "x" * 200}), [*A, "uniqueItems"], "must be true or false, not"),
        (of(a={"title": None}), [*A, "title"], "title must be a string, not null."),
        (of(a={"anyOf": []}), [*A, "anyOf"], "anyOf cannot be empty."),
        ({**of(a={}), "required": "a"}, ["required"], 'required must be a list, not "a".'),
        ({**of(a={}), "required": ["a", 3]}, ["required", 1],
         "Each item of required must be a string, not 3."),
        ({**of(a={}), "required": ["a", "a"]}, ["required"], "cannot have something twice"),
        (of(a={"$anchor": " "}), [*A, "$anchor"], "does not match"),
        ({**of(a={}), "$schema": "http://json-schema.org/draft-04/schema#"}, ["$schema"],
         "Only this kind"),
        # circles and references
        ({**of(a={"$ref": "#"})}, [*A, "$ref"], "leads back to itself"),
        (of(a={"$ref": "#/properties/b"}, b={"$ref": "#/properties/a"}),
         [*A, "$ref"], "leads back to itself"),
        ({**of(a={"$ref": "#/$defs/n"}), "$defs": {"n": of(c={"$ref": "#/$defs/n"})}},
         ["$defs", "n", "properties", "c", "$ref"], "leads back to itself"),
        (of(a={"items": {"$ref": "#/properties/a"}}), [*A, "items", "$ref"], "back to itself"),
        (of(a={"$ref": "#/$defs/none"}), [*A, "$ref"], "points to nothing"),
        (of(a={"$ref": "https://example.org/s.json"}), [*A, "$ref"], "leads elsewhere"),
        (of(a={"$ref": "file:///etc/passwd"}), [*A, "$ref"], "leads elsewhere"),
        (of(a={"$ref": "s.json"}), [*A, "$ref"], "leads elsewhere"),
        (of(a={"$ref": "#anchor"}), [*A, "$ref"], "leads elsewhere"),
        (of(a={"$ref": 7}), [*A, "$ref"], "$ref must be a string, not 7."),
        (of(a={"$id": "https://example.org/"}), [*A, "$id"], "not taken here"),
        (of(a={"$dynamicRef": "#x"}), [*A, "$dynamicRef"], "not taken here"),
        ({**of(a={"$ref": "#/$defs/d0"}), "$defs": CHAIN | {"d40": {}}},
         ["$defs", "d32", "$ref"], "More than 32 references"),
        # enumerations
        (of(a={"enum": []}), [*A, "enum"], "'enum' is empty"),
        (of(a={"type": "string", "enum": ["x", 1]}), [*A, "enum", 1], "1 is not of type string"),
        (of(a={"enum": ["x", "y", "x"]}), [*A, "enum", 2], "named twice"),
        (of(a={"type": "boolean", "const": "yes"}), [*A, "const"], "not of type boolean"),
        # size
        (of(**{f"f{n}": {} for n in range(201)}), ["properties"], "more than 200 fields"),
        (of(**{f"f{n}": {} for n in range(10_000)}), ["properties"], "more than 200 fields"),
        (of(a=of(**{f"f{n}": {} for n in range(200)})), [*A, "properties"], "200 fields"),
        (nested(10), [*["properties", "a"] * 9], "more than 8 levels"),
        (of(a={"description": "x" * 64_000}), [], "64,000 are allowed"),
        (of(a={"enum": list(range(6_000))}), [], "more than 5,000 values"),
        (of(a={"default": json.loads("[" * 70 + "]" * 70)}), [], "64 levels"),
        (of(a={"const": 1e999}), [], "no number that JSON has"),
        (of(a={"description": "a\0b"}), [], "cannot be stored"),
        (of(a={"description": "\ud800"}), [], "cannot be stored"),
        # patterns
        (of(a={"type": "string", "pattern": "(a+)+$"}), [*A, "pattern"], "can take hours"),
        (of(a={"pattern": "a{99999999999999999999}"}), [*A, "pattern"], "can take hours"),
        ({**of(a={}), "patternProperties": {"^x": {}}}, ["patternProperties"], "name the fields"),
        ({**of(a={}), "propertyNames": {"pattern": "x"}}, ["propertyNames", "pattern"], "hours"),
        # contradictions
        (of(a={"type": "number", "minimum": 3, "maximum": 2}), [*A, "minimum"], "more than"),
        (of(a={"type": "string", "minLength": 9, "maxLength": 1}), [*A, "minLength"], "more than"),
        (of(a={"allOf": [{"type": "string"}, {"type": "number"}]}), [*A, "type"], "contradict"),
        ({**of(a={"type": "string", "$ref": "#/$defs/n"}), "$defs": {"n": {"type": "null"}}},
         [*A, "type"], "contradict"),
        (of(a={"type": "string", "minimum": 3}), [*A, "minimum"], "is for type number"),
        (of(a={"type": "string", "properties": {"b": {}}}), [*A, "properties"], "for type object"),
        ({**of(a={}), "required": ["b"], "additionalProperties": False}, ["required", 0], "'b'"),
        ({**of(a=False), "required": ["a"]}, ["required", 0], "no such field"),
        # names of fields
        ({"type": "object", "properties": {" ": {}}}, ["properties", " "], "can be seen"),
        ({"type": "object", "properties": {"a\n": {}}}, ["properties", "a\n"], "can be seen"),
        ({"type": "object", "properties": {"x" * 201: {}}}, ["properties", "x" * 201], "can be"),
    ],
)  # fmt: skip
def test_a_schema_that_cannot_be_used_is_refused_at_its_place(schema, path, words):
    where, sentence = refused(schema)
    assert where == path
    assert words in sentence
    assert len(sentence) < 600


def test_a_schema_that_refers_to_its_parts_too_often_is_refused_soon():
    deep = {**of(a={"$ref": "#/$defs/d0"}), "$defs": DOUBLING | {"d30": {}}}
    assert "8 levels" in refused(deep)[1]
    wide = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 20} for n in range(4)}
    wide |= {"d4": {}}
    assert "too often" in refused({**of(a={"$ref": "#/$defs/d0"}), "$defs": wide})[1]


@pytest.mark.parametrize(
    "schema",
    [
        of(a={"type": "string", "enum": ["x"]}),
        of(a={"type": ["string", "null"]}),
        of(pattern={"type": "string"}, enum={"type": "number"}, type={"type": "boolean"}),
        {**of(a={"$ref": "#/$defs/a~1b%20c"}), "$defs": {"a/b c": {"type": "string"}}},
        {**of(a={"$ref": "#/$defs/n"}, b={"$ref": "#/$defs/n"}), "$defs": {"n": {}}},
        of(a={"type": "integer", "minimum": 1, "maximum": 1, "multipleOf": 1}),
        of(a={"allOf": [{"type": "number"}, {"type": "integer"}]}),
        of(a={"anyOf": [{"type": "string"}, {"type": "null"}], "default": None, "title": "A"}),
        of(a={"items": {"type": "object", "properties": {"b": {"type": "array"}}}}),
        {**of(a={}), "$schema": "https://json-schema.org/draft/2020-12/schema"},
        {**of(a={}), "required": ["b"]},
        nested(8),
    ],
)
def test_a_schema_that_makes_sense_is_taken(schema):
    check_schema(schema)


def test_references_are_replaced_by_what_they_refer_to():
    schema = {
        **of(
            a={"$ref": "#/$defs/level"},
            b={"$ref": "#/$defs/level", "description": "How bad."},
            c={"$ref": "#/$defs/level", "type": "string"},
        ),
        "$defs": {"level": {"type": "string", "enum": ["x"]}},
    }
    level = {"type": "string", "enum": ["x"]}
    assert expanded(schema) == of(
        a=level,
        b=level | {"description": "How bad."},
        c={"type": "string", "allOf": [level]},
    )


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ({"type": "string", "enum": ["x", "y"]}, ["x", "y"]),
        ({"type": "boolean"}, [True, False]),
        ({"const": 3}, [3]),
        ({"$ref": "#/$defs/n"}, ["z"]),
        ({"type": "string"}, None),
        (True, None),
    ],
)
def test_the_values_of_a_field_are_known_where_they_are_enumerated(field, values):
    schema = {**of(a=field), "$defs": {"n": {"enum": ["z"]}}}
    assert choices(schema, "a") == values
    assert choices(schema, "b") is None


def test_a_value_is_told_where_and_why_it_does_not_fit():
    schema = {
        **of(risk={"enum": ["LOW"]}, cost=of(eur={"type": "number"})),
        "required": ["risk"],
    }
    found = {str(fault) for fault in faults(schema, {"risk": "NO", "cost": {"eur": "3"}})}
    assert found == {"risk: 'NO' is not one of ['LOW']", "cost.eur: '3' is not of type 'number'"}


def test_the_faults_of_a_value_are_short_and_few():
    schema = of(**{f"f{n}": {"type": "number"} for n in range(50)})
    found = faults(schema, {f"f{n}": "x" * 1_000 for n in range(50)})
    assert len(found) == 10
    assert all(len(str(fault)) < 320 for fault in found)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ({"type": "array", "uniqueItems": True}, [{"i": n} for n in range(499)]),
        ({"items": {"anyOf": [{"required": [f"k{n}"]} for n in range(400)]}}, [{}] * 400),
        ({"items": {"enum": list(range(4_000))}}, [0] * 900),
        ({"type": "array"}, [0] * 1_000),
    ],
)
def test_a_value_that_would_take_minutes_to_check_is_refused_at_once(field, value):
    check_schema(of(a=field))
    [fault] = faults(of(a=field), {"a": value})
    assert "too many values" in fault.message or "more than 1,000" in fault.message


def test_nothing_is_fetched_to_check_a_value(monkeypatch):
    asked = []
    monkeypatch.setattr(socket, "create_connection", lambda *given, **more: asked.append(given))
    schema = of(a={"$ref": "#/$defs/n"}) | {"$defs": {"n": {"type": "string"}}}
    check_schema(schema)
    assert faults(schema, {"a": "x"}) == []
    assert asked == []


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
KEYWORDS = st.sampled_from([
    "type", "properties", "required", "enum", "const", "items", "$ref", "$defs", "allOf", "anyOf",
    "not", "minimum", "maximum", "additionalProperties", "multipleOf", "minLength", "prefixItems",
    "uniqueItems", "a", "b",
])  # fmt: skip
NAMES = st.sampled_from(
    ["object", "string", "number", "integer", "array", "a", "#", "#/$defs/a", "#/properties/a"]
)
SCHEMAS = st.recursive(
    LEAVES | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYWORDS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(KEYWORDS, SCHEMAS, max_size=4), st.booleans())
def test_whatever_is_given_as_a_schema_is_taken_or_refused_with_a_place(schema, is_object):
    if is_object:
        schema |= {"type": "object"}
    try:
        check_schema(schema)
    except BadRequest as error:
        place = error.details["path"]
    else:
        place = [fault.path for fault in faults(schema, {"a": "x", "b": [1]})]
        check_schema(expanded(schema))
    assert isinstance(place, list)


SCHEMA = {
    **of(
        a={"type": "number", "multipleOf": 0.1},
        b={"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        c={"anyOf": [{"type": "string"}, {"type": "null"}, {"$ref": "#/properties/a"}]},
    ),
    "additionalProperties": {"type": "integer", "multipleOf": 1e-300},
}


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4))
def test_whatever_is_given_as_a_value_fits_or_has_faults(value):
    found = faults(SCHEMA, value)
    assert all(str(fault) for fault in found)
    if not found:
        assert json.loads(json.dumps(value, allow_nan=False)) == value
