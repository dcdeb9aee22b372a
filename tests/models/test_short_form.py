"""The short form of a schema, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_sessions.errors import BadRequest
from jupyter_sessions.models.json_schema import faults
from jupyter_sessions.models.short_form import as_json_schema, is_short, short_form

ISSUE = {"risk": "LOW|MEDIUM|HIGH", "savings": "Number", "notes": "String"}


def test_each_type_has_its_json_schema():
    schema = as_json_schema(
        {
            "a": "String",
            "b": "Number?",
            "c": "Integer",
            "d": "Boolean",
            "e": "X|Y",
            "f": "List of strings",
        }
    )
    assert schema == {
        "type": "object",
        "properties": {
            "a": {"type": "string"},
            "b": {"type": "number"},
            "c": {"type": "integer"},
            "d": {"type": "boolean"},
            "e": {"type": "string", "enum": ["X", "Y"]},
            "f": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["a", "c", "d", "e", "f"],
        "additionalProperties": False,
    }


def test_a_value_for_the_schema_of_the_issue_fits():
    value = {"risk": "HIGH", "savings": 12_000.5, "notes": ""}
    assert faults(as_json_schema(ISSUE), value) == []


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("string", "String"),
        (" NUMBER ? ", "Number?"),
        ("int", "Integer"),
        ("bool", "Boolean"),
        ("strings", "List of strings"),
        ("String[]", "List of strings"),
        (" LOW | HIGH ", "LOW|HIGH"),
        ("LOW|HIGH ?", "LOW|HIGH?"),
        ("Number #  per year ", "Number # per year"),
        ("Number? # in 1,000 | or so?", "Number? # in 1,000 | or so?"),
        ("A|B # one # two", "A|B # one # two"),
    ],
)
def test_spellings_come_back_in_the_one_that_is_kept(written, kept):
    assert short_form(as_json_schema({"field": written})) == {"field": kept}


@pytest.mark.parametrize(
    ("short", "path", "words"),
    [
        ({}, [], "empty"),
        ({"a": ""}, ["a"], "'' is no type"),
        ({"a": "?"}, ["a"], "is no type"),
        ({"a": "Strng"}, ["a"], "'Strng' is no type for 'a'. Write String, Number"),
        ({"a": "LOW"}, ["a"], "is no type"),
        ({"a": "A||B"}, ["a"], "empty value"),
        ({"a": "|"}, ["a"], "empty value"),
        ({"a": "A|B|A"}, ["a"], "twice"),
        ({"a": 3}, ["a"], "must have a type as text"),
        ({"a": None}, ["a"], "must have a type as text"),
        ({"a": ["LOW", "HIGH"]}, ["a"], "must have a type as text"),
        ({" ": "String"}, [" "], "can be seen"),
        ({"x" * 201: "String"}, ["x" * 201], "can be seen"),
        ({f"f{n}": "String" for n in range(201)}, [], "more than 200 fields"),
        ({"a": "|".join(map(str, range(9_000)))}, [], "cannot be taken"),
    ],
)
def test_a_short_form_that_makes_no_sense_is_refused_at_its_field(short, path, words):
    with pytest.raises(BadRequest) as caught:
        as_json_schema(short)
    assert caught.value.details["path"] == path
    assert words in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("given_as", "short"),
    [
        ({"type": "String", "properties": "Number", "enum": "A|B"}, True),
        ({"required": "Boolean"}, True),
        ({"type": "object"}, False),
        ({"type": ["object"]}, False),
        ({"properties": {}}, False),
        ({"$ref": "#"}, False),
        ({"anyOf": []}, False),
    ],
)
def test_a_short_form_is_known_from_a_json_schema(given_as, short):
    assert is_short(given_as) is short


@pytest.mark.parametrize(
    "more",
    [
        {"additionalProperties": True},
        {"title": "Triage"},
        {"properties": {"a": {"type": "string", "maxLength": 3}}},
        {"properties": {"a": {"type": "string", "enum": ["only"]}}},
        {"properties": {"a": {"type": "string", "enum": ["x|y", "z"]}}},
        {"properties": {"a": {"type": "string", "enum": ["x", "z?"]}}},
        {"properties": {"a": {"type": "string", "enum": [" x", "z"]}}},
        {"properties": {"a": {"type": "number", "enum": [1, 2]}}},
        {"properties": {"a": {"type": "string", "description": " outer "}}},
        {"properties": {"a": True}},
        {"properties": {"a": {"type": "object", "properties": {"b": {"type": "string"}}}}},
    ],
)
def test_what_the_short_form_cannot_say_has_none(more):
    assert short_form(as_json_schema({"a": "String"}) | more) is None


NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=12)
VALUES = st.lists(NAMES, min_size=2, max_size=5, unique=True).map("|".join)
TYPES = st.sampled_from(["String", "Number", "Integer", "Boolean", "List of strings"]) | VALUES
NOTES = st.just("") | st.text(
    st.characters(categories=["L", "P", "N"]), min_size=1, max_size=9
).map(lambda note: f" # {note}")
FIELDS = st.tuples(TYPES, st.sampled_from(["", "?"]), NOTES).map("".join)


@given(st.dictionaries(NAMES, FIELDS, min_size=1, max_size=6))
def test_both_forms_say_the_same(short):
    schema = as_json_schema(short)
    back = short_form(schema)
    assert back is not None
    assert as_json_schema(back) == schema
