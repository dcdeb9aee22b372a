"""Several files replaced together: all are written beside the old ones first, then swapped.

A process that is killed in between leaves drafts whose names are known from the operation: whoever
recovers it removes them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .disk import digest_of_file, sync_folder, write_draft
from .paths import folder_of


class Moved(Exception):
    """The file is no longer what was read."""


@dataclass(frozen=True, slots=True)
class Swap:
    """A file that is to hold something else."""

    file: Path
    """Absolute, links followed. Its folder is there."""
    tag: str
    """Names what it is part of."""
    digest: str | None
    """SHA-256 of what it holds; ``None``: there is no such file."""
    raw: bytes | None
    """What it is to hold; ``None``: it goes."""

    @property
    def new(self) -> str:
        """The name of the draft beside it."""
        return f".{self.file.name[:100]}.{self.tag}.new"

    @property
    def old(self) -> str:
        """The name under which the old file is kept until all is done."""
        return f".{self.file.name[:100]}.{self.tag}.old"


def stage(swap: Swap) -> None:
    """Write the draft, and keep the old file under a second name."""
    with _folder(swap) as folder:
        if swap.raw is not None:
            write_draft(folder, swap.file.name, swap.new, swap.raw)
        if swap.digest is not None:
            _check(swap)
            _keep(swap, folder)
        sync_folder(folder)


def replace(swap: Swap) -> None:
    """Put the draft in the file's place; raise ``Moved`` when someone else wrote meanwhile."""
    with _folder(swap) as folder:
        _check(swap)
        if swap.raw is None:
            os.unlink(swap.file.name, dir_fd=folder)
        else:
            os.replace(swap.new, swap.file.name, src_dir_fd=folder, dst_dir_fd=folder)
        sync_folder(folder)


def take_back(swap: Swap) -> None:
    """Put the old file back in its place. Needs no room on the disk."""
    with _folder(swap) as folder:
        if swap.digest is None:
            with suppress(FileNotFoundError):
                os.unlink(swap.file.name, dir_fd=folder)
        else:
            os.replace(swap.old, swap.file.name, src_dir_fd=folder, dst_dir_fd=folder)
        sync_folder(folder)


def clean(swap: Swap) -> None:
    """Remove the draft and the second name of the old file."""
    with suppress(FileNotFoundError, NotADirectoryError), _folder(swap) as folder:
        for name in (swap.new, swap.old):
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)


@contextmanager
def _folder(swap: Swap) -> Iterator[int]:
    with folder_of(swap.file.parent, ()) as handle:
        yield handle


def _keep(swap: Swap, folder: int) -> None:
    try:
        os.link(
            swap.file.name, swap.old, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False
        )
    except OSError:  # some file systems have no second names
        shutil.copy2(swap.file, swap.file.with_name(swap.old))


def _check(swap: Swap) -> None:
    try:
        found = digest_of_file(swap.file)
    except FileNotFoundError:
        found = None
    if found != swap.digest:
        raise Moved


def remove_drafts(file: Path, tag: str) -> None:
    """Remove what a change that was cut short may have left beside a file."""
    clean(Swap(file.resolve(), tag, None, None))
