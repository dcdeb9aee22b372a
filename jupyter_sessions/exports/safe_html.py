"""HTML that is safe to open: Markdown of others, and tables that cells returned.

Two layers: the Markdown library escapes HTML, and what it makes goes through an allow-list.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any

MAX_RENDERED = 30_000
"""Characters: a longer text is shown as it is, because rendering could take a minute."""
MAX_TABLE = 100_000
_TABLE_TAGS = frozenset(["table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption"])
_TEXT_TAGS = _TABLE_TAGS | {
    *["a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"],
    *[f"h{level}" for level in range(1, 7)],
}
_TABLE_ATTRIBUTES = {"th": ["colspan", "rowspan"], "td": ["colspan", "rowspan"]}
_SCHEMES = frozenset(["http", "https", "mailto"])
# What is not closed goes to the end, as in a browser; it also keeps the search linear.
_HIDDEN = re.compile(r"<(style|script)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)


def render(markdown: str) -> str:
    """Return Markdown as HTML without scripts, pictures, or anything that loads by itself."""
    if len(markdown) > MAX_RENDERED:
        return preformatted(markdown)
    try:
        made = _markdown()(markdown.replace("\0", ""))
        return _clean(str(made), _TEXT_TAGS)
    except RecursionError:  # hundreds of quotations in each other
        return preformatted(markdown)


def clean_table(markup: str) -> str | None:
    """Return the table of an HTML output, without style; ``None`` when there is none."""
    if len(markup) > MAX_TABLE or "<table" not in markup:
        return None
    try:
        return _clean(_HIDDEN.sub("", markup), _TABLE_TAGS)
    except RecursionError:
        return None


def preformatted(text: str) -> str:
    """Return a text as it is."""
    return f"<pre>{html.escape(text)}</pre>"


@cache
def _markdown() -> Any:
    import mistune  # both libraries come with nbconvert, and are slow to load

    class Renderer(mistune.HTMLRenderer):
        def link(self, text: str, url: str, title: str | None = None) -> str:
            return (
                f'<a href="{html.escape(url)}" target="_blank" rel="noopener noreferrer">{text}</a>'
            )

        def image(self, text: str, url: str, title: str | None = None) -> str:
            return self.link(html.escape(text or url), url)

    return mistune.create_markdown(
        renderer=Renderer(escape=True), plugins=["strikethrough", "table"]
    )


def _clean(markup: str, tags: frozenset[str]) -> str:
    import bleach

    attributes = {"a": ["href", "target", "rel"], **_TABLE_ATTRIBUTES}
    return str(
        bleach.clean(markup, tags=tags, attributes=attributes, protocols=_SCHEMES, strip=True)
    )
