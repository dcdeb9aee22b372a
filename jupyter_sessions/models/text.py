"""Text that people type: names and messages, checked once, the same everywhere."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue

MAX_NAME = 200
MAX_MESSAGE = 1_000_000

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _is_control(char: str, *, allowed: str = "") -> bool:
    return unicodedata.category(char) in {"Cc", "Cs"} and char not in allowed


def clean_name(text: str) -> str:
    """Return a display name in NFC, without outer white space. Raises ValueError."""
    name = unicodedata.normalize("NFC", text).strip()
    if not name:
        raise ValueError("a name cannot be empty")
    if any(_is_control(char) for char in name):
        raise ValueError("a name cannot contain control characters")
    if any(char in _BIDI for char in name):
        raise ValueError("a name cannot contain marks that change the direction of text")
    return name


def clean_project_name(text: str) -> str:
    """Like ``clean_name``; and no path separators, because the name suggests a folder."""
    name = clean_name(text)
    if "/" in name or "\\" in name or name in {".", ".."}:
        raise ValueError("a project's name cannot contain '/' or '\\'; give its folder as 'path'")
    return name


def clean_message(text: str) -> str:
    """Return a message as typed, with ``\\n`` line ends. Raises ValueError over NULs."""
    message = text.replace("\r\n", "\n")
    if not message.strip():
        raise ValueError("a message cannot be empty")
    if any(_is_control(char, allowed="\n\t\r\f\x1b") for char in message):
        raise ValueError("a message cannot contain control characters")
    return message


def storable(text: str) -> str:
    """Return ``text`` without what no database and no JSON can hold: NUL and lone surrogates."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def storable_json(value: JsonValue) -> JsonValue:
    """Return a JSON value with every string in it made storable."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [storable_json(each) for each in value]
    if isinstance(value, dict):
        return {storable(key): storable_json(each) for key, each in value.items()}
    return value


Name = Annotated[str, Field(max_length=MAX_NAME), AfterValidator(clean_name)]
ProjectName = Annotated[str, Field(max_length=MAX_NAME), AfterValidator(clean_project_name)]
MessageText = Annotated[str, Field(max_length=MAX_MESSAGE), AfterValidator(clean_message)]
