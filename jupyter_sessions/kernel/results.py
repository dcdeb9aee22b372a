"""``%session results``: key results below a cell."""

from __future__ import annotations

from typing import Any

from ..client import ClientError, KeyResult
from ..client.lines import one_line

SHOWN = ("image/png", "image/jpeg", "text/plain")
"""What can neither run nor load anything, the best first."""
MAX_LINES = 20


def show_results(results: list[KeyResult]) -> None:
    """Show each with its title, as a data frame or as the cell showed it."""
    from IPython.display import display  # loaded by every kernel

    for result in results:
        display(result)  # type: ignore[no-untyped-call]  # IPython's own is not typed
        if result.columns:
            _show_table(result, display)
        else:
            _show_outputs(result, display)


def _show_table(result: KeyResult, display: Any) -> None:
    try:
        frame = result.to_dataframe()
    except ClientError:  # without pandas: as text
        rows = [result.columns, *(row.values() for row in result.table[:MAX_LINES])]
        print("\n".join(one_line(" | ".join(map(str, row))) for row in rows))
        return
    shown = frame if result.fields is None else frame[result.fields]
    from importlib import import_module  # pandas: it is there, the frame is its own

    # What a table holds is data: it is not set as mathematics.
    with import_module("pandas").option_context("display.html.use_mathjax", False):
        display(shown)


def _show_outputs(result: KeyResult, display: Any) -> None:
    for output in result.outputs:
        if output.get("output_type") == "stream":
            print(_joined(output.get("text")), end="")
        data = output.get("data")
        if isinstance(data, dict):
            kind = next((kind for kind in SHOWN if kind in data), None)
            if kind is not None:
                display({kind: _joined(data[kind])}, raw=True)


def _joined(text: object) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text)
