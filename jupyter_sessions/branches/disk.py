"""Files are replaced at once, and what the operating system says of them becomes a sentence."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import BadRequest, Denied, NotFound, SessionsError, StorageFull, StorageReadOnly
from ..storage.heads import FileStat

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DENIED = frozenset({errno.EACCES, errno.EPERM})
_NO_PATH = frozenset({errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ})


def disk_error(error: OSError, path: str) -> SessionsError:
    """Translate an error of the operating system about ``path``."""
    code = error.errno
    if code in _FULL:
        return StorageFull(f"The disk is full: {path!r} was not written. Free some space first.")
    if code == errno.EROFS:
        return StorageReadOnly(f"The disk is read-only: {path!r} cannot be written.")
    if code in _DENIED:
        return Denied(f"The system does not allow access to {path!r}. Check its permissions.")
    if code == errno.ENOENT:
        return NotFound(f"file or folder {path!r}")
    if code == errno.ELOOP:
        return Denied(f"{path!r} is a link that cannot be followed; name the file itself.")
    if code in _NO_PATH:
        return BadRequest(f"{path!r} cannot be used as a file here: {error.strerror}.")
    return SessionsError(f"The disk failed at {path!r}: {error.strerror or error}.")


@contextmanager
def disk_errors(path: str) -> Iterator[None]:
    """Raise errors of the operating system inside as our own."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, path) from error


def file_stat(info: os.stat_result) -> FileStat:
    """Return what tells whether a file is still the one that was looked at."""
    return FileStat(info.st_size, info.st_mtime_ns, str(info.st_ino))


def digest_of_file(file: Path) -> str:
    """Return the SHA-256 of what a file holds."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def stat_of(file: Path | str) -> FileStat | None:
    """Return the same of a file by its name; ``None`` when there is no such file."""
    try:
        info = os.stat(file)
    except OSError:
        return None
    return file_stat(info) if stat.S_ISREG(info.st_mode) else None


def replace_file(
    folder: int, name: str, raw: bytes, check: Callable[[], None] = lambda: None
) -> None:
    """Write a file of the folder at once: a reader, or a crash, sees the old or the new one.

    ``check`` is called at the last moment; when it raises, the old file stays.
    """
    draft = f".{name[:100]}.{secrets.token_hex(4)}.tmp"
    write_draft(folder, name, draft, raw)
    try:
        check()
        os.replace(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft, dir_fd=folder)
        raise
    sync_folder(folder)


def write_draft(folder: int, name: str, draft: str, raw: bytes) -> None:
    """Write, beside a file, what is to replace it, with the same owner and mode; all or nothing."""
    mode, owner = 0o666 & ~_umask(), None
    with suppress(FileNotFoundError):
        info = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(info.st_mode):
            raise IsADirectoryError(errno.EISDIR, "it is no regular file", name)
        if not info.st_mode & stat.S_IWUSR:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), name)
        mode, owner = stat.S_IMODE(info.st_mode), (info.st_uid, info.st_gid)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            if owner is not None:
                with suppress(OSError):  # only root may give files away
                    os.fchown(file.fileno(), *owner)
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            os.unlink(draft, dir_fd=folder)
        raise


def sync_folder(folder: int) -> None:
    """Have the names in a folder on the disk."""
    with suppress(OSError):  # not every file system can
        os.fsync(folder)


def _umask() -> int:
    # Reading the mask by setting it would be a race with other threads.
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Umask:")).split()[1], 8)
    return 0o022
