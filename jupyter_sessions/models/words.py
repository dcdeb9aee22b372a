"""Words of a text, as search sees them: the same for what is stored and for what is asked."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import islice

MAX_WORD = 64
"""Characters of a word that count."""
MAX_TERMS = 16
"""Words and phrases of a question that count."""

# Scripts that put no space between words: each character is a word, a word is a phrase of them.
_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"(?![\W_])[{_ALONE}]|[^\W_{_ALONE}]+")
_PART = re.compile(r'"([^"]*)"|"([^"]*)$|([^\s"]+)')


class _Fold(dict[int, str]):
    """Characters without case and diacritics, for ``str.translate``."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code))
        kept = "".join(char for char in plain if unicodedata.category(char) != "Mn")
        self[code] = kept.casefold()
        return self[code]


_FOLD = _Fold()


def folded(text: str) -> str:
    """Return ``text`` without case and diacritics."""
    return text.lower() if text.isascii() else text.translate(_FOLD)


def origins(text: str) -> list[int]:
    """Return, for each character of ``folded(text)`` and its end, where it stands in ``text``."""
    if text.isascii():
        return list(range(len(text) + 1))
    return [at for at, char in enumerate(text) for _ in _FOLD[ord(char)]] + [len(text)]


def words(text: str, limit: int | None = None) -> list[str]:
    """Return the words of a text, folded; at most ``limit``."""
    found = _WORD.finditer(folded(text))
    return [match[0][:MAX_WORD] for match in islice(found, limit)]


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must stand one after the other."""

    words: tuple[str, ...]
    begins: bool = False
    """The last word is only begun: words that start with it are meant, too."""

    @property
    def pattern(self) -> str:
        """A regular expression that finds the term in a folded text."""
        end = f"[^\\W_{_ALONE}]*"
        parts = [re.escape(word) + (end if len(word) == MAX_WORD else "") for word in self.words]
        inside = f"[^\\W_{_ALONE}]"
        last = self.words[-1]
        closes = "" if re.fullmatch(f"[{_ALONE}]", last) else f"(?!{inside})"
        opens = "" if re.match(f"[{_ALONE}]", self.words[0]) else f"(?<!{inside})"
        return opens + r"[\W_]*".join(parts) + (end if self.begins else closes)


def parse_question(text: str) -> list[Term]:
    """Return what is asked for, all of which must be there; no input is wrong.

    Words in double quotes are a phrase. The last word counts as begun, unless it is quoted.
    """
    parts = list(_PART.finditer(text))
    terms: list[Term] = []
    for part in parts:
        quoted, unclosed, plain = part.groups()
        found = tuple(words(quoted or unclosed or plain or "", MAX_WORD))
        if found:
            begins = part is parts[-1] and quoted is None and len(found[-1]) > 1
            terms.append(Term(found, begins))
    return terms[:MAX_TERMS]
