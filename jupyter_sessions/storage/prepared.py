"""Statements that are made once, and go to SQLite's driver as they are.

To execute a statement, SQLAlchemy finds out each time which text belongs to it and what becomes of
its values, which takes longer than SQLite itself. Of what is named here it finds that out once.
PostgreSQL, which is further away than that, executes these statements like all others.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Dialect, Executable, exc
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

S = TypeVar("S", bound=Executable)
Values = Mapping[str, Any]
Processor = Callable[[Any], Any]
"""What makes of a value the one that the driver takes or gives."""
MAX_LISTED = 16
"""Values in one list: each number of them is a statement of its own."""


def made_once(statement: S, *lists: str) -> S:
    """Keep a statement, which is executed with values for all that it binds, and return it.

    ``lists`` are the names of those that are lists.
    """
    _MADE[statement] = lists, {}
    return statement


_MADE: dict[Executable, tuple[tuple[str, ...], dict[tuple[Any, ...], Prepared]]] = {}


class Prepared:
    """A statement as the driver takes it, for values of certain names and lengths."""

    def __init__(self, statement: Executable, values: Values, dialect: Dialect) -> None:
        made = cast(ClauseElement, statement).compile(dialect=dialect, column_keys=list(values))
        compiled = cast(SQLCompiler, made)
        state = compiled.construct_expanded_state(values)
        self._text = state.statement
        self._lists = state.parameter_expansion
        self._names = list(state.positiontup or ())
        whole = {name: key for key, names in self._lists.items() for name in names}
        keys = [whole.get(name, name) for name in self._names]
        # What is part of the statement itself.
        pairs = zip(self._names, keys, strict=True)
        self._fixed = {name: state.parameters[name] for name, key in pairs if key not in values}
        types = [compiled.binds[key].type.dialect_impl(dialect) for key in keys]
        self._binds = _kept([type_.bind_processor(dialect) for type_ in types])
        columns = cast(Any, statement).exported_columns
        self._shape = SimpleResultMetaData([column.key for column in columns])
        types = [column.type.dialect_impl(dialect) for column in columns]
        self._results = _kept([type_.result_processor(dialect, None) for type_ in types])

    def execute(self, conn: sqlite3.Connection, values: Values | list[Values]) -> Any:
        """Execute it; return a result, or a cursor when it gives no rows.

        Raises what SQLAlchemy would raise.
        """
        try:
            if isinstance(values, list):
                return conn.executemany(self._text, [self._taken(each) for each in values])
            cursor = conn.execute(self._text, self._taken(values))
            if cursor.description is None:
                return cursor
            return IteratorResult(self._shape, iter([self._row(row) for row in cursor]))
        except sqlite3.Error as error:
            raise _as_sqlalchemy(error, self._text) from error

    def _taken(self, values: Values) -> list[Any]:
        given = {**self._fixed, **values} if self._fixed or self._lists else values
        for key, names in self._lists.items():
            given = {**given, **dict(zip(names, values[key], strict=True))}
        taken = [given[name] for name in self._names]
        for place, process in self._binds:
            taken[place] = process(taken[place])
        return taken

    def _row(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        found = list(row)
        for place, process in self._results:
            found[place] = process(found[place])
        return tuple(found)


def _kept(processors: list[Processor | None]) -> list[tuple[int, Processor]]:
    """Return those that there are, with their places."""
    return [(place, each) for place, each in enumerate(processors) if each is not None]


def prepared(
    statement: Executable, values: Values | list[Values] | None, dialect: Dialect
) -> Prepared | None:
    """Return a kept statement as the driver takes it; ``None`` where SQLAlchemy is to do it."""
    made = _MADE.get(statement)
    if made is None or not values:
        return None
    lists, ready = made
    first = values[0] if isinstance(values, list) else values
    lengths = [len(first[name]) for name in lists]
    if any(length > MAX_LISTED for length in lengths):
        return None
    key = (*first, *lengths)
    if key not in ready:
        ready[key] = Prepared(statement, first, dialect)
    return ready[key]


def execute_text(conn: Connection, text: str) -> None:
    """Execute a statement that binds nothing and gives nothing."""
    try:
        cast(Any, conn.connection.driver_connection).execute(text)
    except sqlite3.Error as error:
        raise _as_sqlalchemy(error, text) from error


def _as_sqlalchemy(error: sqlite3.Error, text: str) -> Exception:
    kind = getattr(exc, type(error).__name__, exc.DBAPIError)
    return cast(Exception, kind(text, None, error))
