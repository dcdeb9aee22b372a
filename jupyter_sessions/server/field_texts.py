"""What stands below the fields of models becomes their description in the API's document.

Pydantic can do so itself, but then it looks for the source of every model when that is imported:
some 0.3 s in a process of its own, and seconds in a server, which has many modules.
"""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

Texts = dict[str, str]


class Described(GenerateJsonSchema):
    """Makes JSON schemas whose properties have a description."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Return the schema of a model. See pydantic."""
        found = super().model_schema(schema)
        properties: dict[str, Any] = found.get("properties", {})
        for name, text in field_texts(schema["cls"]).items():
            if name in properties:
                properties[name].setdefault("description", text)
        return found


def field_texts(model: type) -> Texts:
    """Return what stands below the fields of a class, and of those that it is made of."""
    found: Texts = {}
    for each in reversed(model.__mro__):
        found |= _texts(each.__module__).get(each.__qualname__.partition("[")[0], {})
    return {name: text for name, text in found.items() if text}


@cache
def _texts(module: str) -> dict[str, Texts]:
    """Return them for all classes of a module, by name."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (OSError, TypeError):  # it is not written in Python
        return {}
    return {each.name: _below(each) for each in tree.body if isinstance(each, ast.ClassDef)}


def _below(class_: ast.ClassDef) -> Texts:
    """Return the text of each field of a class; ``""`` for one without."""
    found: Texts = {}
    for field, next_ in pairwise([*class_.body, ast.Pass()]):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        value = next_.value if isinstance(next_, ast.Expr) else None
        text = value.value if isinstance(value, ast.Constant) else ""
        found[field.target.id] = inspect.cleandoc(str(text))
    return found
