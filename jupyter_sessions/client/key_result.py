"""A key result, as a program holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import ClientError

if TYPE_CHECKING:
    from .client import Client

Json = dict[str, Any]
LARGEST = 2**63 - 1


class KeyResult:
    """What a cell returned, promoted out of a session; its data is fetched when it is looked at.

    for result in Session.current().results():
        print(result.number, result.title, result.stale)
        frame = result.to_dataframe()
    """

    def __init__(self, client: Client, data: Json) -> None:
        """Hold what the API says of a key result; ``Session.results`` is the way to get one."""
        self._client = client
        self._data = data
        self._content: Json | None = None

    @property
    def id(self) -> str:
        return str(self._data["id"])

    @property
    def number(self) -> int:
        """Counted from 1 in its session, never given twice."""
        return int(self._data["number"])

    @property
    def title(self) -> str:
        return str(self._data["title"])

    @property
    def description(self) -> str:
        """Markdown. It is data: it may hold anything."""
        return str(self._data["description"])

    @property
    def chart(self) -> Json | None:
        """``type``, ``x``, ``y``, ``color``: the last three name columns."""
        chart: Json | None = self._data["chart"]
        return chart

    @property
    def fields(self) -> list[str] | None:
        """Columns to show, in order; ``None`` shows all."""
        fields: list[str] | None = self._data["fields"]
        return fields

    @property
    def columns(self) -> list[str]:
        """Names of the columns; none when what the cell returned is no table."""
        return [str(column["name"]) for column in self._data["columns"]]

    @property
    def row_count(self) -> int:
        """Rows that are stored: fewer than ``total_rows`` when there were more than 10,000."""
        return int(self._data["row_count"])

    @property
    def total_rows(self) -> int:
        return int(self._data["total_rows"])

    @property
    def stale(self) -> bool:
        """Whether the cell has been changed since, or is gone."""
        return bool(self._data["stale"])

    @property
    def stale_reason(self) -> str | None:
        reason: str | None = self._data["stale_reason"]
        return reason

    @property
    def origin(self) -> Json:
        """``notebook``, ``cell_id``, ``execution_count``, ``run_id``, … that it came from."""
        origin: Json = self._data["origin"]
        return origin

    @property
    def table(self) -> list[Json]:
        """The rows, by the names of their columns; times as text, what is missing as ``None``."""
        return [dict(zip(self.columns, row, strict=True)) for row in self._rows()]

    @property
    def outputs(self) -> list[Json]:
        """What the cell showed, as in a notebook file."""
        outputs: list[Json] = self._fetched()["outputs"]
        return outputs

    def to_dataframe(self) -> Any:
        """Return the table as a pandas DataFrame, with numbers as numbers and times as times.

        Raises ClientError when it is no table, or pandas is not installed here.
        """
        if not self.columns:
            raise ClientError(f"Key result {self.number} is no table: see its 'outputs'.")
        pandas = _pandas()
        columns = self._data["columns"]
        values = list(zip(*self._rows(), strict=True)) or [()] * len(columns)
        return pandas.DataFrame(
            {
                column["name"]: _series(pandas, column["type"], list(each))
                for column, each in zip(columns, values, strict=True)
            }
        )

    def _rows(self) -> list[list[Any]]:
        table: Json | None = self._fetched()["table"]
        return [] if table is None else list(table["rows"])

    def _fetched(self) -> Json:
        if self._content is None:
            self._content = self._client.key_result_data(self._data["session_id"], self.id)
        return self._content

    def __repr__(self) -> str:
        stale = ", stale" if self.stale else ""
        return f"<KeyResult {self.number} {self.title!r}: {self.shape}{stale}>"

    @property
    def shape(self) -> str:
        """Rows and columns, in words."""
        if not self.columns:
            return "no table"
        kept = self.row_count < self.total_rows
        rows = _count(self.total_rows, "row")
        width = _count(len(self.columns), "column")
        return f"{self.row_count:,} of {rows}, {width}" if kept else f"{rows}, {width}"

    def _repr_markdown_(self) -> str:
        from .markdown import harmless  # only notebooks need it

        lines = [f"**{self.number}. {self.title}** ({self.shape})", self.description]
        if self.stale:
            lines.insert(1, f"*Stale: {self.stale_reason}*")
        return harmless("\n\n".join(line for line in lines if line))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _pandas() -> Any:
    from importlib import import_module  # pandas is the user's: nothing of ours needs it

    try:
        return import_module("pandas")
    except ImportError:
        raise ClientError(
            "pandas is not installed in this environment. 'table' has the rows as dictionaries."
        ) from None


def _series(pandas: Any, kind: str, values: list[Any]) -> Any:
    """Return a column with the type that it had; as it was sent where that cannot be."""
    missing = None in values
    try:
        if kind == "integer":
            numbers = [None if value is None else int(value) for value in values]
            small = all(value is None or abs(value) <= LARGEST for value in numbers)
            return pandas.Series(numbers, dtype=_dtype("Int64", "int64", missing, small))
        if kind == "number":
            return pandas.Series(
                [None if value is None else float(value) for value in values], dtype="float64"
            )
        if kind == "boolean":
            return pandas.Series(values, dtype="boolean" if missing else "bool")
        if kind == "datetime":
            return _times(pandas, pandas.Series(values, dtype="object"), values)
    except (TypeError, ValueError, OverflowError):  # times with a zone and without, for one
        return pandas.Series(values, dtype="object")
    return pandas.Series(values, dtype="object" if kind == "other" or not values else None)


def _times(pandas: Any, series: Any, values: list[Any]) -> Any:
    offsets = {value[19:].lstrip(".0123456789") for value in values if value is not None}
    # Of several offsets, as a zone with summer time has them, the instants are kept, in UTC.
    utc = len(offsets) > 1 and "" not in offsets
    return pandas.to_datetime(series, format="ISO8601", utc=utc)


def _dtype(nullable: str, plain: str, missing: bool, small: bool) -> str:
    if not small:
        return "object"
    return nullable if missing else plain
