"""Keys that must not come back to the user, the log or a model, should a provider repeat one."""

from __future__ import annotations

import os
from collections.abc import Iterable

_SHORTEST = 8
_ENDINGS = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
# One for the process, like its environment: what is said here is only ever taken out of texts.
_configured: set[str] = set()


def remember_secrets(values: Iterable[str]) -> None:
    """Take these values out of texts too: keys that do not lie in the environment."""
    _configured.update(value for value in values if len(value) >= _SHORTEST)


def redacted(text: str) -> str:
    """Return ``text`` without the keys of the environment and of the configuration."""
    found = {
        value
        for name, value in os.environ.items()
        if len(value) >= _SHORTEST and name.upper().endswith(_ENDINGS)
    }
    for value in sorted(found | _configured, key=len, reverse=True):
        text = text.replace(value, "…")
    return text
