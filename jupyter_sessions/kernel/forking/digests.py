"""Digests of what variables hold, without running any code of the user: known types only are read.

Equal digests mean equal content, in other kernels too. Reading leaves memory that a fork shares
shared.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

SECONDS = 1.0
"""For all variables of a kernel: it takes no other orders meanwhile."""
MAX_BYTES = 64 * 1024 * 1024
MAX_PARTS = 100_000
MAX_DEPTH = 20
SCALARS = (float, complex, bool, type(None))
PLAIN_KINDS = "biufcmMSU"
"""Kinds of NumPy's types whose memory is their content."""


class Unknown(Exception):
    """Nobody can tell cheaply what this holds."""


class Digests:
    """Reads variables until its time is up."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._until = time.monotonic() + seconds
        self._left = 0

    def of(self, value: Any) -> str | None:
        """Return the digest of a value; ``None`` for an unknown type, and what takes too long."""
        self._left = MAX_PARTS
        try:
            return self._read(value, 0).hex()
        except Exception:  # it changes while it is read, or a library refuses
            return None

    def _read(self, value: Any, depth: int) -> bytes:
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH or time.monotonic() > self._until:
            raise Unknown
        kind = type(value)
        if kind in BUILTINS:
            return _hash(kind.__name__, *BUILTINS[kind](self, value, depth + 1))
        for module, name, read in LIBRARIES:
            if kind is getattr(sys.modules.get(module), name, None):
                return _hash(f"{module}.{name}", *read(self, value, depth + 1))
        raise Unknown

    def _each(self, values: Iterable[Any], depth: int) -> list[bytes]:
        return [self._read(each, depth) for each in values]

    def _pairs(self, value: dict[Any, Any], depth: int) -> list[bytes]:
        pairs = list(value.items())
        return sorted(self._read(key, depth) + self._read(held, depth) for key, held in pairs)

    def _array(self, value: Any, depth: int) -> list[Any]:
        if value.nbytes > MAX_BYTES or value.dtype.kind not in PLAIN_KINDS:
            raise Unknown
        flat = sys.modules["numpy"].ascontiguousarray(value).reshape(-1)
        return [value.dtype.str.encode(), repr(value.shape).encode(), flat.view("u1").data]

    def _frame(self, value: Any, depth: int) -> list[bytes]:
        if value.memory_usage().sum() > MAX_BYTES:
            raise Unknown
        columns = [self._column(value.iloc[:, at], depth) for at in range(value.shape[1])]
        return [self._index(value.columns, depth), self._index(value.index, depth), *columns]

    def _series(self, value: Any, depth: int) -> list[bytes]:
        if value.memory_usage() > MAX_BYTES:
            raise Unknown
        named = self._read(value.name, depth)
        return [named, self._index(value.index, depth), self._column(value, depth)]

    def _index(self, value: Any, depth: int) -> bytes:
        pandas = sys.modules["pandas"]
        if isinstance(value, pandas.MultiIndex):
            raise Unknown
        if isinstance(value, pandas.RangeIndex):
            return self._read((value.start, value.stop, value.step, value.name), depth)
        return self._read(value.name, depth) + self._column(value, depth)

    def _column(self, value: Any, depth: int) -> bytes:
        """Return the digest of what a series or an index holds, with its type."""
        pandas: Any = sys.modules["pandas"]
        kind = str(value.dtype).encode()
        if isinstance(value.dtype, pandas.CategoricalDtype):
            held = value.array
            ordered = b"ordered" if held.ordered else b""
            codes, categories = held.codes, self._index(held.categories, depth)
            return _hash("category", ordered, self._read(codes, depth), categories)
        if isinstance(value.dtype, pandas.DatetimeTZDtype):
            return _hash("times", kind, self._read(value.array.asi8, depth))
        if hasattr(value.dtype, "byteorder") and value.dtype.kind in PLAIN_KINDS:  # NumPy's own
            return _hash("column", kind, self._read(value.to_numpy(), depth))
        if pandas.api.types.infer_dtype(value, skipna=True) not in ("string", "empty"):
            raise Unknown  # objects of any type
        texts = value.to_numpy(dtype=object)
        missing = pandas.isna(texts)
        hashed = pandas.util.hash_array(texts, categorize=False)
        return _hash("texts", kind, self._read(missing, depth), self._read(hashed, depth))

    def _tensor(self, value: Any, depth: int) -> list[bytes]:
        if value.device.type != "cpu" or not value.is_contiguous():
            raise Unknown
        return [self._read(value.detach().numpy(), depth)]


Read = Callable[[Digests, Any, int], Iterable[Any]]

BUILTINS: dict[type, Read] = {
    **{kind: lambda _, value, __: [repr(value).encode()] for kind in SCALARS},
    int: lambda _, value, __: [hex(value).encode()],
    str: lambda _, value, __: [value.encode("utf-8", "surrogatepass")],
    bytes: lambda _, value, __: [value],
    bytearray: lambda _, value, __: [value],
    range: lambda _, value, __: [repr(value).encode()],
    list: lambda read, value, depth: read._each(list(value), depth),
    tuple: lambda read, value, depth: read._each(value, depth),
    set: lambda read, value, depth: sorted(read._each(list(value), depth)),
    frozenset: lambda read, value, depth: sorted(read._each(value, depth)),
    dict: lambda read, value, depth: read._pairs(value, depth),
}
LIBRARIES: tuple[tuple[str, str, Read], ...] = (
    ("numpy", "ndarray", Digests._array),
    *(
        ("numpy", name, Digests._array)
        for name in ("float64", "float32", "int64", "int32", "bool_", "str_")
    ),
    ("pandas", "DataFrame", Digests._frame),
    ("pandas", "Series", Digests._series),
    ("torch", "Tensor", Digests._tensor),
)


def _hash(name: str, *parts: Any) -> bytes:
    """Return the digest of some buffers: each with its length, so that none runs into the next."""
    digest = hashlib.blake2b(name.encode(), digest_size=16)
    for part in parts:
        digest.update(memoryview(part).nbytes.to_bytes(8, "little"))
        digest.update(part)
    return digest.digest()
