"""Variables are saved and loaded in a new kernel: what comes along, and what is named instead."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_sessions.errors import KernelBusy, KernelError
from jupyter_sessions.workspace.fork_points import Above, Past
from jupyter_sessions.workspace.injection import call
from jupyter_sessions.workspace.namespaces import Namespaces
from jupyter_sessions.workspace.saved_files import SavedFiles, take_reply
from jupyter_sessions.workspace.saver import Place, Saver
from tests.workspace.forking.conftest import PLACE

DEFINED = [
    "import math, collections.abc as abc, numpy as np, pandas as pd, random",
    "random.seed(7); np.random.seed(7); rate = 2",
    "def double(x): return x * rate\n"
    "class Point:\n    def __init__(self, x): self.x = double(x)\n"
    "class Deep(Point):\n    def __init__(self, x): super().__init__(math.sqrt(x))",
    "point = Point(8); powers = [lambda x, n=n: x ** n * rate for n in range(3)]",
    "frame = pd.DataFrame({'a': [1, 2], 'b': ['x', None]}); block = np.arange(6.0).reshape(2, 3)",
    "twin = frame; kept = {'frame': frame, 'part': block}; kept['self'] = kept; block.sum()",
]
LOOKED = (
    "frame.equals(kept['frame']), block.tolist(), point.x, Deep(4).x, [f(3) for f in powers], "
    "random.random(), float(np.random.rand()), In[1:7], Out, _, _6, len(In), math.pi, abc.Sized"
)


async def test_what_cells_made_is_there_and_what_was_shared_is_shared(
    reload: Any, source: Any
) -> None:
    kernel, loaded = await reload(*DEFINED)
    assert (loaded.left, loaded.missing, loaded.saved.names) == ([], [], 15)
    assert await kernel.run(LOOKED) == await source.run(LOOKED)
    same = "twin is frame is kept['frame'], kept['self'] is kept, kept['part'] is block"
    assert await kernel.run(same) == "(True, True, True)"
    await kernel.run("rate = 10")  # functions see what the new kernel makes of it
    made = "double(1), powers[0](1), Point(1).x, type(point) is Point, __builtins__.__name__"
    assert await kernel.run(made) == "(10, 10, 10, True, 'builtins')"


ODD = """
import asyncio, contextlib, io, mmap, socket, sqlite3, subprocess, threading, concurrent.futures
gen = (n for n in range(3)); thread = threading.Thread(target=print); lock = threading.Lock()
event = threading.Event(); pool = concurrent.futures.ThreadPoolExecutor(); sock = socket.socket()
database = sqlite3.connect(":memory:"); file = open("odd.txt", "w+"); process = subprocess.Popen(["true"])
mapped = mmap.mmap(-1, 10); nested = {"deep": [lock]}; frozen = io.StringIO("text"); space = globals()
class Bad:
    def __reduce__(self): raise ValueError("not this one.\\nNever.")
class Deep:
    pass
class Odd:
    def __reduce__(self): raise ValueError("half \\udc80")
odd = Odd(); globals()["half \\udc80"] = globals()[3] = 1
bad = Bad(); plain = [1]; also = (plain, plain)
def uses(): return lock, plain
deep = []
for _ in range(100_000): deep = [deep]
"""  # noqa: E501
LEFT = {
    "gen": "code that has begun and not ended",
    "thread": "belong to the kernel's process",
    "lock": "belong to the kernel's process",
    "event": "belong to the kernel's process",
    "pool": "belong to the kernel's process",
    "sock": "A connection belongs",
    "database": "A connection belongs",
    "file": "A file belongs",
    "process": "Another process",
    "mapped": "Memory that is mapped",
    "nested": "something in it is not savable. Threads, their locks",
    "odd": "half ?",
    "bad": "It cannot be saved: not this one.",
    "deep": "recursion",
}


async def test_what_cannot_be_saved_is_named_with_its_reason_and_the_rest_is_there(
    reload: Any, source: Any, forks: Any
) -> None:
    kernel, loaded = await reload(ODD, "gen")
    reasons = {each.name: each.reason for each in loaded.left}
    assert reasons.keys() == LEFT.keys() | {"Out[2]"}
    for name, words in LEFT.items():
        assert words in reasons[name], reasons[name]
    looked = "also[0] is also[1] is plain, frozen.read(), space is globals(), uses.__name__"
    assert await kernel.run(looked) == "(True, 'text', True, 'uses')"
    assert await kernel.run("uses()") == "NameError"
    assert await source.run("next(gen), nested['deep'][0] is lock") == "(0, True)"
    await source.run("pool.shutdown(); sock.close(); file.close(); _ = process.wait()")


KINDS = """
import abc, contextlib, dataclasses, decimal, enum, functools, typing, collections, re, logging
UserId = typing.NewType("UserId", int)
T = typing.TypeVar("T")
@functools.lru_cache(maxsize=7)
def slow(n: UserId) -> UserId: return n if n < 2 else slow(n - 1) + slow(n - 2)
@dataclasses.dataclass(frozen=True)
class Row(typing.Generic[T]):
    x: T
    @functools.cached_property
    def twice(self): return self.x * 2
class Colour(enum.Enum):
    RED = 1
class Base(abc.ABC):
    @abc.abstractmethod
    def area(self): ...
class Square(Base):
    __slots__ = ("side",)
    def area(self): return self.side ** 2
square = Square(); square.side = 3
Pair = collections.namedtuple("Pair", "a b")
pair, row, colour = Pair(1, 2), Row(4), Colour.RED
bound, part = square.area, functools.partial(slow, 5)
def counter():
    count = 0
    def step():
        nonlocal count; count += 1; return count
    return step
step = counter(); _ = step()
def even(n): return n == 0 or odd(n - 1)
def odd(n): return n != 0 and even(n - 1)
@contextlib.contextmanager
def around(): yield "in"
log, pattern, exact = logging.getLogger("mine"), re.compile("a+"), decimal.Decimal("1.10")
_hidden = {row: square}
default = collections.defaultdict(lambda: row)
error = ValueError("kept", {"n": 1})
"""
SEEN = (
    "slow(20), slow.cache_info().maxsize, row.twice, colour is Colour.RED, square.area(), bound(), "
    "part(), pair.b, step(), even(10), around().__enter__(), pattern.match('aa').end(), exact, "
    "_hidden[row] is square, default['x'] is row, error.args, log is logging.getLogger('mine'), "
    "slow.__wrapped__.__annotations__['n'] is UserId, isinstance(square, Base)"
)


async def test_what_people_define_in_cells_works(reload: Any, source: Any) -> None:
    kernel, loaded = await reload(KINDS)
    assert loaded.left == []
    assert await kernel.run(SEEN) == await source.run(SEEN)


async def test_nothing_has_to_be_installed_in_the_kernels_environment(
    reload: Any, jp_data_dir: Path
) -> None:
    spec = jp_data_dir / "kernels" / "bare"
    spec.mkdir(parents=True)
    start = (
        "import sys; sys.modules['cloudpickle'] = None; "
        "from ipykernel.kernelapp import launch_new_instance as run; run()"
    )
    argv = ["python3", "-c", start, "-f", "{connection_file}"]
    about = {"argv": argv, "display_name": "Bare", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(about))
    cells = ["import sys; sys.modules['cloudpickle'] = None", "def f(x): return x + 1"]
    kernel, _ = await reload(*cells, kernel_name="bare")
    assert await kernel.run("import cloudpickle") == "ModuleNotFoundError"
    assert await kernel.run("f(1)") == "2"


async def test_without_cloudpickle_what_cells_define_is_left_out(
    source: Any, forks: Any, tmp_path: Path
) -> None:
    await source.run("def f(): pass\nclass C: pass\nc = C(); number = 1; import math")
    names = {"file": str(tmp_path / "file"), "reply": str(tmp_path / "reply")}
    order = names | {"limit": 10**6, "seconds": 10}
    await forks.call(source.id, call("saving", "save", order), 60)
    reply = take_reply(tmp_path / "reply")
    assert (reply["status"], reply["names"]) == ("ok", 2)
    assert [each["name"] for each in reply["left"]] == ["f", "C", "c"]


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("block = bytearray(2_000_000)", "larger than what may be saved"),
        ("block = [bytearray(1_000) for _ in range(2_000)]", "larger than what may be saved"),
    ],
)
async def test_a_save_that_grows_too_large_is_given_up(
    reload: Any, source: Any, files: SavedFiles, tmp_path: Path, cell: str, why: str
) -> None:
    files.budget = 1_000_000
    with pytest.raises(KernelError, match=why):
        await reload(cell)
    assert await source.run("len(block) > 0") == "True"
    assert [*(tmp_path / "saved").iterdir()] == []


STUCK = "import time\nclass Stuck:\n    def __reduce__(self): time.sleep(600)\nstuck = Stuck()"
FULL = (
    "import resource; block = bytearray(2_000_000)\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))"
)


@pytest.mark.parametrize(("cell", "why"), [(STUCK, "that took too long"), (FULL, "File too large")])
async def test_a_save_that_does_not_end_or_has_no_room_leaves_the_kernel_at_work(
    source: Any, namespaces: Namespaces, tmp_path: Path, cell: str, why: str
) -> None:
    await source.run(cell)
    namespaces.wait_seconds = namespaces.save_seconds = 0.5
    with pytest.raises(KernelError, match=why):
        await namespaces.save(source.id, PLACE)
    assert await source.run("6 * 7") == "42"
    assert [*(tmp_path / "saved").iterdir()] == []


async def test_a_kernel_that_is_busy_saves_nothing_later(
    source: Any, forks: Any, namespaces: Namespaces, tmp_path: Path
) -> None:
    gate = Path(await source.run("import os, time; print(os.path.abspath('gate'))"))
    await forks.prepare(source.id)
    cell = source.send("while not os.path.exists('gate'): time.sleep(0.01)")
    while (await source.client.get_iopub_msg(timeout=60))["msg_type"] != "execute_input":
        pass
    namespaces.wait_seconds = 0.2
    with pytest.raises(KernelBusy):
        await namespaces.save(source.id, PLACE)
    await asyncio.to_thread(gate.touch)
    await source.finish(cell)
    assert await source.run("1") == "1"
    assert [each.suffix for each in (tmp_path / "saved").iterdir()] == [".reply"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"python": "3.2.1"}, "saved by Python 3.2.1, and the new kernel has"),
        ({"implementation": "pypy"}, "saved by Python"),
        ({"libraries": {"numpy": "1.0"}}, "saved with numpy 1.0, and the new kernel has"),
        ({"digest": "0"}, "damaged"),
        ({"pickler": "1.0"}, "saved with cloudpickle 1.0, and here is"),
    ],
)
async def test_what_does_not_fit_is_refused_and_no_kernel_is_left(
    source: Any, namespaces: Namespaces, jp_serverapp: Any, change: Any, why: str
) -> None:
    await source.run("import numpy; block = numpy.arange(3)")
    saved = (await namespaces.save(source.id, PLACE)).model_copy(update=change)
    with pytest.raises(KernelError, match=why):
        await namespaces.load(Past(saved), "b.ipynb", "python3")
    assert jp_serverapp.kernel_manager.list_kernel_ids() == [source.id]


GUARD = (
    "class Guarded:\n    def __setstate__(self, state): {}\nguarded = Guarded(); guarded.value = 1"
)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("raise OSError('no device')", "'guarded' could not be loaded: OSError: no device"),
        ("__import__('time').sleep(600)", "took longer than 2 s"),
        ("__import__('os')._exit(1)", "The kernel died"),
        ("raise SystemExit", "could not be loaded: SystemExit"),
    ],
)
async def test_a_value_that_cannot_be_loaded_hangs_nothing(
    source: Any, namespaces: Namespaces, jp_serverapp: Any, code: str, why: str
) -> None:
    await source.run(GUARD.format(code))
    saved = await namespaces.save(source.id, PLACE)
    namespaces.load_seconds = 2 if "sleep" in code else 60
    with pytest.raises(KernelError, match=why):
        await namespaces.load(Past(saved), "b.ipynb", "python3")
    assert jp_serverapp.kernel_manager.list_kernel_ids() == [source.id]


TALKS = """
import os, socket, time
ours, theirs = socket.socketpair()
class Talks:
    def __reduce__(self):
        print("saving")
        ours.send(b"x")
class Where:
    def __getstate__(self): return {"pid": os.getpid(), "nice": os.nice(0)}
talks, where = Talks(), Where(); time.sleep(1.1)
"""


async def test_in_the_background_a_copy_saves_that_can_reach_nobody(
    source: Any, forks: Any, files: SavedFiles, namespaces: Namespaces, attach: Any
) -> None:
    await forks.watch(source.id)
    assert await source.run(TALKS) == ""

    async def find(kernel_id: str) -> Place:
        return PLACE

    saver = Saver(forks.checkpoints, files, 1.0)
    async with asyncio.timeout(60):
        while not (made := await saver.save_due(find)):
            await asyncio.sleep(0.02)
    assert await saver.save_due(find) == []
    assert await source.run("theirs.setblocking(False); theirs.recv(1)") == "BlockingIOError"
    found = await namespaces.find(PLACE, set(), Above.of([TALKS, "more = 1"]))
    assert found is not None
    assert (found.kept, found.missing) == (made[0], ["more = 1"])
    loaded = await namespaces.load(found, "b.ipynb", "python3")
    kernel = await attach(loaded.kernel_id)
    pid, nice = (await kernel.run("print(where.pid, where.nice)")).split()
    assert (int(pid) != source.pid, nice) == (True, "19")
    assert {each.name for each in loaded.left} == {"talks", "ours", "theirs"}
