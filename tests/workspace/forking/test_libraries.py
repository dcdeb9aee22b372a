"""Libraries go on in a branch: none hangs, all agree. So do their values that are saved."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest

FORKS = 3
LIBRARIES = {
    "numpy": (
        "import numpy\n"
        "matrix = numpy.random.default_rng(1).standard_normal((600, 600)); matrix @ matrix;",
        "float((matrix @ matrix @ matrix).sum())",
    ),
    "pandas": (
        "import numpy, pandas\n"
        "frame = pandas.DataFrame({'k': numpy.arange(90_000) % 7, 'v': numpy.arange(9e4)})\n"
        "frame.groupby('k').v.sum();",
        "frame.groupby('k').v.agg(['sum', 'std']).to_json()",
    ),
    "pyarrow": (
        "import pyarrow\n"
        "table = pyarrow.table({'k': [n % 7 for n in range(90_000)], 'v': range(90_000)})\n"
        "table.group_by('k').aggregate([('v', 'sum')]);",
        "table.group_by('k').aggregate([('v', 'sum')]).sort_by('k').to_pydict()",
    ),
    "sklearn": (
        "from sklearn.datasets import make_classification\n"
        "from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier\n"
        "X, y = make_classification(2_000, random_state=1)\n"
        "model = HistGradientBoostingClassifier(max_iter=10, random_state=1).fit(X, y)\n"
        "forest = RandomForestClassifier(10, n_jobs=2, random_state=1).fit(X, y);",
        "(model.predict_proba(X[:2]).tolist(), forest.predict_proba(X[:2]).tolist(),\n"
        " HistGradientBoostingClassifier(max_iter=20).fit(X, y).score(X, y))",
    ),
    "torch": (
        "import torch\n"
        "torch.manual_seed(1); layer = torch.nn.Linear(400, 400); x = torch.randn(400, 400)\n"
        "layer(x).sum().backward();",
        "layer.zero_grad(); layer(x).pow(2).sum().backward(); float(layer.weight.grad.sum())",
    ),
    "duckdb": (
        "import duckdb\n"
        "db = duckdb.connect(); db.execute('CREATE TABLE t AS SELECT range n FROM range(300000)')\n"
        "db.execute('SELECT sum(n), n % 7 FROM t GROUP BY n % 7').fetchall();",
        "db.execute('SELECT n % 7 k, sum(n) FROM t GROUP BY k ORDER BY k').fetchall()",
    ),
    "matplotlib": (
        "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots(); axes.plot([1, 3, 2]);",
        "axes.plot([4]); len(axes.lines), len(figure.axes), figure.canvas.get_width_height()",
    ),
    "ipywidgets": (
        "import ipywidgets\nslider = ipywidgets.IntSlider(3); heard = []\n"
        "slider.observe(lambda change: heard.append(change.new), 'value')",
        "slider.value += 1; slider.value, heard, slider.model_id != ''",
    ),
}


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_library_works_on_in_a_branch(library: str, source: Any, fork: Any) -> None:
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    warm, look = LIBRARIES[library]
    await source.run(warm)
    there = []
    for number in range(FORKS):
        branch, forked = await fork(f"b{number}.ipynb")
        assert forked.engine == "fork"
        there.append(await branch.run(look))
    here = await source.run(look)
    assert there == [here] * FORKS
    assert "Error" not in here


KEPT_BY_PROCESS = {"duckdb": {"db"}, "ipywidgets": {"slider"}}


@pytest.mark.parametrize("library", LIBRARIES)
async def test_the_values_of_a_library_are_saved_and_loaded(
    library: str, source: Any, reload: Any
) -> None:
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    made, look = LIBRARIES[library]
    kernel, loaded = await reload(made)
    names = {each.name for each in loaded.left if not each.name.startswith("Out[")}
    assert names == KEPT_BY_PROCESS.get(library, set())
    if not names:
        there = await kernel.run(look)
        assert there == await source.run(look)
        assert "Error" not in there
