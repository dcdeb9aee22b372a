"""Where projects lie: the folders below the server's root."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..errors import BadRequest, Conflict, FolderMissing, StorageReadOnly
from ..models.project import FolderState


@dataclass(frozen=True, slots=True)
class ServerRoot:
    """The folder that the server serves. Every project's folder lies in it."""

    path: Path
    """Absolute, links followed."""

    @classmethod
    def of(cls, root_dir: str) -> ServerRoot:
        return cls(Path(root_dir).resolve())

    def place(self, given: str | None, name: str) -> Path:
        """Return the folder for a new project, which need not exist yet.

        Args:
            given: Path below the root, or absolute; ``None`` makes one up from ``name``.
            name: The project's name.

        Raises:
            BadRequest: it leads outside, is hidden, or is a file.
        """
        if given is None:
            return self._unused(name)
        if any(ord(char) < 32 or ord(char) == 127 for char in given):
            raise BadRequest(f"The path {given!r} contains control characters.")
        pure = PurePosixPath(given)
        if pure.is_absolute() and pure.is_relative_to(self.path):
            pure = pure.relative_to(self.path)
        elif pure.is_absolute():
            pure = PurePosixPath(given.lstrip("/"))
        if ".." in pure.parts:
            raise BadRequest(f"The path {given!r} contains '..': name a folder below the root.")
        folder = self.path.joinpath(*pure.parts)
        try:
            real = folder.resolve()
            is_file = real.exists() and not real.is_dir()
        except (OSError, RuntimeError) as error:
            why = getattr(error, "strerror", None) or error
            raise BadRequest(f"The path {given[:100]!r} cannot be followed: {why}.") from error
        if not real.is_relative_to(self.path):
            raise BadRequest(
                f"The path {given!r} leads outside of the server's root. "
                "Name a folder below it, or start the server further up."
            )
        if any(part.startswith(".") for part in real.relative_to(self.path).parts):
            raise BadRequest(f"The path {given!r} is hidden: choose a folder without a dot.")
        if is_file:
            raise BadRequest(f"The path {given!r} is a file: a project needs a folder.")
        return real

    def make(self, folder: Path) -> None:
        """Make the folder when it is missing."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise BadRequest(f"{self.describe(folder)[0]!r} is a file, not a folder.") from error
        except OSError as error:
            raise StorageReadOnly(
                f"The folder {self.describe(folder)[0]!r} cannot be made: {error.strerror}."
            ) from error

    def describe(self, folder: str | Path) -> tuple[str, FolderState]:
        """Return the path that the contents API has for the folder, and whether it can be used."""
        path = Path(folder)
        if not path.is_relative_to(self.path):
            return str(path), "outside"
        relative = path.relative_to(self.path).as_posix()
        api_path = "" if relative == "." else relative
        if not path.is_dir() or path.resolve() != path:
            return api_path, "missing"
        return api_path, "ok"

    def require(self, folder: str | Path) -> Path:
        """Return the folder when it can be worked in, or raise FolderMissing."""
        api_path, state = self.describe(folder)
        if state == "missing":
            raise FolderMissing(
                f"The project's folder {api_path!r} was moved or deleted. Put it back, or tell "
                "the project its new path; the conversations are kept."
            )
        if state == "outside":
            raise FolderMissing(
                f"The project's folder {api_path!r} lies outside of this server's root "
                f"({str(self.path)!r}). Start the server above it to work there."
            )
        return Path(folder)

    def parents(self, api_path: str) -> list[str]:
        """Return the absolute folders that hold ``api_path``, itself included, as stored."""
        path = self.path.joinpath(*PurePosixPath(api_path).parts).resolve()
        return [str(each) for each in (path, *path.parents) if each.is_relative_to(self.path)]

    def _unused(self, name: str) -> Path:
        slug = slugify(name)
        for number in range(1, 10_000):
            folder = self.path / (slug if number == 1 else f"{slug}-{number}")
            if not os.path.lexists(folder):
                return folder
        raise Conflict(f"No folder name is left for {name!r}: give a path.")


def overlap(folder: Path, other: str) -> bool:
    """Tell whether one folder is, or lies in, the other."""
    path = Path(other)
    return folder.is_relative_to(path) or path.is_relative_to(folder)


def slugify(name: str) -> str:
    """Return a folder name for ``name``: letters, digits and hyphens of any script."""
    text = unicodedata.normalize("NFC", name).casefold()
    slug = re.sub(r"[^\w]+", "-", text).strip("-_")
    # File systems count bytes, 255 of them.
    return slug.encode()[:160].decode("utf-8", "ignore").strip("-_") or "project"
