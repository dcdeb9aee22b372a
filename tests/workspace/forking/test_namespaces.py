"""Variables are saved and loaded in a new kernel: what comes along, and what is named instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_sessions.errors import KernelError
from jupyter_sessions.workspace.fork_points import Above
from jupyter_sessions.workspace.kernels import Kernels
from jupyter_sessions.workspace.namespaces import Namespaces
from jupyter_sessions.workspace.saved_files import SavedFiles
from jupyter_sessions.workspace.saver import Place

PLACE = Place("project", "a.ipynb")


@pytest.fixture
def files(tmp_path: Path) -> SavedFiles:
    return SavedFiles(tmp_path / "saved", 10**9)


@pytest.fixture
def namespaces(jp_serverapp: Any, forks: Any, files: SavedFiles) -> Namespaces:
    kernels = Kernels(jp_serverapp.session_manager, jp_serverapp.kernel_manager)
    return Namespaces(kernels, forks, files)


@pytest.fixture
def reload(namespaces: Namespaces, source: Any, attach: Any) -> Any:
    """Run cells, save, and load: ``kernel, loaded = await reload("a = 1")``."""

    async def reload(*cells: str) -> Any:
        for cell in cells:
            assert "Error" not in await source.run(cell), cell
        await namespaces.save(source.id, PLACE)
        found = await namespaces.find(PLACE, set(), Above.of(cells))
        assert found is not None
        loaded = await namespaces.load(found, "b.ipynb", "python3")
        return await attach(loaded.kernel_id), loaded

    return reload


DEFINED = [
    "import math, collections.abc as abc, numpy as np, pandas as pd, random",
    "random.seed(7); np.random.seed(7); rate = 2",
    "def double(x): return x * rate\n"
    "class Point:\n    def __init__(self, x): self.x = double(x)\n"
    "class Deep(Point):\n    def far(self): return math.sqrt(self.x) + super().__init__(0).__class__.__name__.__len__()",
    "point = Point(8); squares = [lambda x, n=n: x ** n * rate for n in range(3)]",
    "frame = pd.DataFrame({'a': [1, 2], 'b': ['x', None]}); block = np.arange(6.0).reshape(2, 3)",
    "twin = frame; kept = {'frame': frame, 'part': block}; kept['self'] = kept; block.sum()",
]  # fmt: skip


async def test_what_cells_made_is_there_and_what_was_shared_is_shared(reload: Any, source: Any) -> None:
    kernel, loaded = await reload(*DEFINED)
    assert loaded.left == []
    assert loaded.missing == []
    looked = "frame.equals(kept['frame']), block.tolist(), point.x, [f(3) for f in squares], random.random(), float(np.random.rand()), In[1:7], Out, len(In), math.pi, abc.Sized"
    assert await kernel.run(looked) == await source.run(looked)
    assert await kernel.run("twin is frame is kept['frame'], kept['self'] is kept, kept['part'] is block, type(point) is Point") == "(True, True, True, True)"
    assert await kernel.run("_6") == await source.run("_6")
    await kernel.run("rate = 10")
    assert await kernel.run("double(1), squares[0](1), Point(1).x, isinstance(Deep(2), Point), __builtins__.__name__") == "(10, 10, 10, True, 'builtins')"
