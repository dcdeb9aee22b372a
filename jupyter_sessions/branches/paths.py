"""Paths from outside, resolved below a root with links followed and checked.

A resolved path has no links in it, so it is opened part by part without following any: a link that
someone puts in its place meanwhile is refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import BadRequest, Denied, FolderMissing

_NOT_FOLLOWED = os.O_NOFOLLOW | os.O_CLOEXEC


def clean_parts(path: str) -> tuple[str, ...]:
    """Return the parts of a relative POSIX path; ``"."`` and ``""`` have none.

    Raise ``BadRequest`` for what is no path, ``Denied`` for what is not shown to anyone.
    """
    if "\0" in path or not _encodable(path):
        raise BadRequest(f"{path!r} is not a path: it contains characters that no file can have.")
    if path.startswith("/"):
        raise Denied(f"{path!r} is absolute; give a path below the project's folder.")
    parts = tuple(part for part in path.split("/") if part not in ("", "."))
    if ".." in parts:
        raise Denied(f"{path!r} contains '..'; give a path below the project's folder.")
    check_visible(path, parts)
    return parts


def check_visible(path: str, parts: tuple[str, ...]) -> None:
    """Refuse hidden files and folders, ``.git`` among them."""
    if any(part.startswith(".") for part in parts):
        raise Denied(f"{path!r} is hidden: files and folders that begin with '.' are left alone.")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def real_root(root: Path) -> Path:
    """Return the root without links; raise ``FolderMissing`` when there is no such folder."""
    try:
        real = root.resolve(strict=True)
    except (OSError, RuntimeError):
        real = None
    if real is None or not real.is_dir():
        raise FolderMissing(
            f"The project's folder {str(root)!r} is not there: it was moved, renamed or deleted. "
            "Put it back, or tell the project where it is now."
        )
    return real


def resolve(root: Path, path: str) -> tuple[str, ...]:
    """Return the parts of the real file below the real root; it need not exist.

    ``root`` has no links (see ``real_root``).
    """
    parts = clean_parts(path)
    try:
        real = root.joinpath(*parts).resolve()
    except (OSError, RuntimeError) as error:
        raise BadRequest(f"{path!r} cannot be followed: {error}.") from None
    if not real.is_relative_to(root):
        raise Denied(f"{path!r} leads outside of the project's folder.")
    inside = real.relative_to(root).parts
    check_visible(path, inside)
    return inside


@contextmanager
def folder_of(root: Path, parts: tuple[str, ...], *, make: bool = False) -> Iterator[int]:
    """Open the folder of these parts, one by one, no link followed; make what is missing."""
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, dir_fd=handle)
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | _NOT_FOLLOWED, dir_fd=handle)
            os.close(handle)
            handle = inner
        yield handle
    finally:
        os.close(handle)


def open_file(folder: int, name: str) -> int:
    """Open a file of the folder for reading; not a link, and without waiting at a pipe."""
    return os.open(name, os.O_RDONLY | os.O_NONBLOCK | _NOT_FOLLOWED, dir_fd=folder)
