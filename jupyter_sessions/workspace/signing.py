"""What this server has written itself, told from what others put in its place.

Loading saved variables runs code. Only files that are signed with our own key are loaded; the key
lies in a file that only its owner can read.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

KEY_BYTES = 32


class Signer:
    """Signs short texts."""

    def __init__(self, file: Path) -> None:
        """``file`` has the key; it is made when it is needed first."""
        self._file = file

    def sign(self, text: bytes) -> str:
        return hmac.new(self._key(), text, hashlib.sha256).hexdigest()

    def is_ours(self, text: bytes, signature: bytes) -> bool:
        return hmac.compare_digest(self.sign(text).encode(), signature)

    def _key(self) -> bytes:
        key = self._read()
        if key is None:
            self._make()
            key = self._read()
        if key is None:
            raise PermissionError(f"{str(self._file)!r} must be yours, and for you alone.")
        return key

    def _read(self) -> bytes | None:
        """Return the key, if nobody else can have read or written it."""
        with suppress(FileNotFoundError), self._file.open("rb") as file:
            about = os.fstat(file.fileno())
            key = file.read(KEY_BYTES)
            if len(key) == KEY_BYTES and not about.st_mode & 0o077 and about.st_uid == os.getuid():
                return key
        return None

    def _make(self) -> None:
        """Replace what is there: a file that others could read is no key."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_name(f"{self._file.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        try:
            self._file.unlink(missing_ok=True)
            os.link(fresh, self._file)  # of two servers that start at once, one wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
