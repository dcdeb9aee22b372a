"""Text that people type: names and messages, checked once, the same everywhere."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue

MAX_NAME = 200
MAX_MESSAGE = 1_000_000

BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_IN_MESSAGE = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAK = re.compile("[\x7f-\x9f\u2028\u2029]")
_OVERWRITTEN = re.compile(r"^[^\n]*\r(?=[^\r\n])", re.MULTILINE)


def clean_name(text: str) -> str:
    """Return a display name in NFC, without outer white space. Raises ValueError."""
    name = unicodedata.normalize("NFC", text).strip()
    if not name:
        raise ValueError("a name cannot be empty")
    if _CONTROL.search(name):
        raise ValueError("a name cannot contain control characters")
    if any(char in BIDI for char in name):
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
    if _CONTROL_IN_MESSAGE.search(message):
        raise ValueError("a message cannot contain control characters")
    return message


def clean_prompt(text: str) -> str:
    """Return a system prompt as typed; it may be empty. Raises ValueError over NULs."""
    return clean_message(text) if text.strip() else ""


def clean_path(text: str) -> str:
    """Return a path as given. Raises ValueError over control characters."""
    if _CONTROL.search(text):
        raise ValueError("a path cannot contain control characters")
    return text


def settled(text: str) -> str:
    """Return the text as a screen shows it in the end: ``\\b`` and ``\\r`` write over the rest.

    In linear time; a last ``\\r`` of a line stays, because what follows it may still come.
    """
    if "\b" in text:
        kept: list[str] = []
        for char in text:
            if char == "\b" and kept and kept[-1] not in "\n\b":
                kept.pop()
            else:
                kept.append(char)
        text = "".join(kept)
    return _OVERWRITTEN.sub("", text) if "\r" in text else text


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


def json_line(value: object) -> str:
    """Return a JSON value on one line, whatever breaks lines in it."""
    text = json.dumps(value, ensure_ascii=False)
    return _LINE_BREAK.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


Name = Annotated[str, Field(max_length=MAX_NAME), AfterValidator(clean_name)]
ProjectName = Annotated[str, Field(max_length=MAX_NAME), AfterValidator(clean_project_name)]
PathText = Annotated[str, Field(max_length=4096), AfterValidator(clean_path)]
MessageText = Annotated[str, Field(max_length=MAX_MESSAGE), AfterValidator(clean_message)]
