"""Markdown from a model, made harmless for a notebook.

A front end trusts the outputs of cells that its user ran: HTML in Markdown would run there. Where a
text is code and where it is not is for the renderer to say, so nothing here depends on it: every
change below holds everywhere. A zero-width space keeps two characters apart and cannot be seen.
``Run.text`` is the text as it was written.
"""

from __future__ import annotations

import re

_APART = "\u200b"
_FENCE = re.compile(r"(^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\2[`~]* *$|\Z)|`[^`\n]+`)", re.M | re.S)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_IMAGE = re.compile(r"!(?=\[)")
_SCRIPT = re.compile(r"((?:j\s*a\s*v\s*a|v\s*b)\s*s\s*c\s*r\s*i\s*p\s*t\s*)(?=\\?:)", re.I)


def harmless(text: str) -> str:
    """Return Markdown that shows the same and can neither run nor load anything.

    Tags and entities are shown as they were typed, images become links (loading one would tell
    its server), and links that run a script do not.
    """
    pieces = _FENCE.split(text)
    return "".join(
        # Each fence gives three pieces: the text before it, the fence, and its mark.
        _defused(piece, is_code=index % 3 == 1)
        for index, piece in enumerate(pieces)
        if index % 3 != 2
    )


def _defused(text: str, *, is_code: bool) -> str:
    # In code an entity would be seen, elsewhere it is the tidier way; both are safe in both.
    text = _ENTITY.sub(f"&{_APART}" if is_code else "&amp;", text)
    text = _TAG.sub(f"<{_APART}" if is_code else "&lt;", text)
    text = _IMAGE.sub(f"!{_APART}", text)
    return _SCRIPT.sub(rf"\1{_APART}", text)
