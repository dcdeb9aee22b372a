"""Tables. Changes go through ``migrations/``; a test compares the two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

HEAD = "0004"
"""The newest revision in ``migrations/versions``: a database that has it needs no Alembic."""


class Milliseconds(TypeDecorator[datetime]):
    """A time in UTC, stored as milliseconds since 1970: the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else round(value.timestamp() * 1000)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        return _time_of


def _time_of(value: int | None) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

project = Table(
    "project",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("user_id", String(255), nullable=False),
    Column("name", String(200), nullable=False),
    Column("folder", Text, nullable=False),
    Column("default_runtime", String(64), nullable=False),
    Column("system_prompt", Text, nullable=False, server_default=""),
    Column("tools", Text),  # a JSON list; NULL is all of them
    Column("created_at", Milliseconds, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
    Index("ix_project_user_id_updated_at", "user_id", "updated_at"),
)

session = Table(
    "session",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("project_id", ForeignKey("project.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("position", Integer, nullable=False),
    Column("active_branch", String(200), nullable=False),
    Column("model", String(200)),
    Column("status", String(16), nullable=False),
    Column("status_reason", Text),
    Column("processing_ms", BigInteger, nullable=False),
    Column("iterations", Integer, nullable=False),
    Column("wrapping_up", Boolean, nullable=False),
    Column("started", Boolean, nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
    Column("deleted_at", Milliseconds),
    Column("archived_at", Milliseconds),
    Column("preferred", Boolean, nullable=False, server_default=false()),
    Column("request", Text),
    Column("auto_named", Boolean, nullable=False, server_default=false()),
    # counts changes of key results and disposition
    Column("findings_version", Integer, nullable=False, server_default="0"),
    Column("forked_from", String(26)),
    Column("forked_seq", BigInteger),
    Index("ix_session_project_id_position", "project_id", "position"),
)

run = Table(
    "run",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("project_id", ForeignKey("project.id", ondelete="CASCADE"), nullable=False),
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), nullable=False),
    Column("server_id", String(26), nullable=False),
    Column("status", String(16), nullable=False),
    Column("prompt", Text, nullable=False),
    Column("model", String(200), nullable=False),
    Column("branch", String(200), nullable=False),
    Column("notebook", Text),
    Column("steer", Boolean, nullable=False, server_default=false()),
    Column("queue_position", BigInteger, nullable=False, server_default="0"),
    Column("replaces", BigInteger),
    Column("created_at", Milliseconds, nullable=False),
    Column("started_at", Milliseconds),
    Column("completed_at", Milliseconds),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("cost", Float),
    Column("error_code", String(64)),
    Column("error_message", Text),
    Index("ix_run_session_id_id", "session_id", "id"),
    Index("ix_run_project_id_id", "project_id", "id"),
    Index("ix_run_status", "status"),
)

event = Table(
    "event",
    metadata,
    Column("stream", String(26), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("project_id", String(26), nullable=False),
    Column("session_id", String(26)),
    Column("run_id", String(26)),
    Column("parent", BigInteger),
    Column("ts", Milliseconds, nullable=False),
    Column("actor", String(8), nullable=False),
    Column("type", String(32), nullable=False),
    Column("data", Text, nullable=False),
    Index("ix_event_project_id", "project_id"),
    Index("ix_event_run_id", "run_id"),
    sqlite_with_rowid=False,
)

blob = Table(
    "blob",
    metadata,
    Column("project_id", String(26), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(128), nullable=False),
    Column("data", LargeBinary, nullable=False),
)

key_result = Table(
    "key_result",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("project_id", ForeignKey("project.id", ondelete="CASCADE"), nullable=False),
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("chart", Text),
    Column("view", String(8), nullable=False),
    Column("fields", Text),
    Column("columns", Text, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("total_rows", BigInteger, nullable=False),
    Column("table_hash", String(64)),
    Column("outputs_hash", String(64)),
    Column("origin", Text, nullable=False),
    Column("created_by", String(8), nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
    Column("removed_at", Milliseconds),
    Index("ix_key_result_session_id_number", "session_id", "number", unique=True),
    Index("ix_key_result_project_id", "project_id"),
)

disposition = Table(
    "disposition",
    metadata,
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    Column("project_id", ForeignKey("project.id", ondelete="CASCADE"), nullable=False),
    Column("json_schema", Text),
    Column("value", Text),
    Column("evidence", Text),
    Column("run_id", String(26)),
    Column("decided_by", String(8)),
    Column("decided_at", Milliseconds),
    # whether the value fits the schema as it is now
    Column("fits", Boolean, nullable=False, server_default=true()),
)

dependency = Table(
    "dependency",
    metadata,
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    Column("upstream_id", ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    Column("project_id", ForeignKey("project.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("field", String(200)),
    Column("value", Text),
    Column("imported_seq", BigInteger),
    Column("imported_version", Integer),
    Index("ix_dependency_project_id", "project_id"),
    Index("ix_dependency_upstream_id", "upstream_id"),
)

search_entry = Table(
    "search_entry",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("project_id", String(26), nullable=False),
    Column("stream", String(26), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("kind", String(8), nullable=False),
    # Indexed in SQLite by triggers that fill search_index (FTS5), in PostgreSQL by GIN.
    Column("words", Text().with_variant(TSVECTOR, "postgresql"), nullable=False),
    Index("ix_search_entry_project_id", "project_id"),
    sqlite_autoincrement=True,
)

search_backlog = Table(
    "search_backlog",
    metadata,
    Column("stream", String(26), primary_key=True),
    Column("project_id", String(26), nullable=False),
    Column("before", BigInteger, nullable=False),  # events from here on are indexed
)

branch = Table(
    "branch",
    metadata,
    Column("project_id", ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
    Column("id", String(26), primary_key=True),
    Column("name", String(200), nullable=False),
    # what two branches may not have both, unless one is deleted: the name without case
    Column("name_key", String(400), nullable=False),
    Column("folder", String(255), nullable=False),
    Column("status", String(16), nullable=False),
    Column("parent", String(26)),
    Column("forked_at", BigInteger, nullable=False),
    Column("created_by", String(8), nullable=False),
    Column("session_id", String(26)),
    Column("run_id", String(26)),
    # how it was forked at a cell: JSON
    Column("fork", Text),
    Column("created_at", Milliseconds, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
)

convergence = Table(
    "convergence",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("project_id", ForeignKey("project.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("notebook", Text, nullable=False),
    Column("source", String(26), nullable=False),
    Column("target", String(26), nullable=False),
    Column("losers", Text, nullable=False),  # a JSON list of branches
    Column("merge_id", String(26)),
    Column("status", String(8), nullable=False),
    Column("kernel", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("met_at", Milliseconds),
    Index("ix_convergence_project_id_id", "project_id", "id"),
    Index("ix_convergence_merge_id", "merge_id"),
)

notebook = Table(
    "notebook",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("project_id", ForeignKey("project.id", ondelete="CASCADE"), nullable=False),
    Index("ix_notebook_project_id", "project_id"),
    sqlite_autoincrement=True,
)

piece = Table(
    "piece",
    metadata,
    Column("project_id", String(26), primary_key=True),
    Column("digest", LargeBinary(20), primary_key=True),
    Column("packed", Boolean, nullable=False),  # with zlib
    Column("added_at", Milliseconds, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

version = Table(
    "version",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("project_id", ForeignKey("project.id", ondelete="CASCADE"), nullable=False),
    Column("digest", LargeBinary(20), nullable=False),
    Column("root", LargeBinary, nullable=False),
    Index("ix_version_project_id_digest", "project_id", "digest", unique=True),
    sqlite_autoincrement=True,
)

_OF_RUN = text("run_id IS NOT NULL")
operation = Table(
    "operation",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("project_id", ForeignKey("project.id", ondelete="CASCADE"), nullable=False),
    Column("branch_id", String(26), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("writer", String(8), nullable=False),
    Column("session_id", String(26)),
    Column("run_id", String(26)),
    Column("created_at", Milliseconds, nullable=False),
    Column("name", String(200)),
    # of an undo: what it takes back
    Column("undoes", BigInteger),
    Column("undone", Boolean, nullable=False, server_default=false()),
    # written down, but its files perhaps not yet
    Column("intent", Boolean, nullable=False, server_default=false()),
    Column("server_id", String(26)),  # that does it
    Index("ix_operation_project_id_id", "project_id", "id"),
    Index("ix_operation_run_id", "run_id", sqlite_where=_OF_RUN, postgresql_where=_OF_RUN),
    sqlite_autoincrement=True,
)

_NEW_PATH = ("old_path IS NOT new_path", "old_path IS DISTINCT FROM new_path")
change = Table(
    "change",
    metadata,
    Column("operation_id", ForeignKey("operation.id", ondelete="CASCADE"), primary_key=True),
    Column("notebook_id", ForeignKey("notebook.id", ondelete="CASCADE"), primary_key=True),
    Column("branch_id", String(26), nullable=False),
    # NULL: there was no such notebook before, or is none after
    Column("old_path", Text),
    Column("new_path", Text),
    Column("old_version", BigInteger),
    Column("new_version", BigInteger),
    Column("cells", Integer, nullable=False, server_default="0"),
    Column("lines_added", Integer, nullable=False, server_default="0"),
    Column("lines_removed", Integer, nullable=False, server_default="0"),
    Index("ix_change_notebook_id_branch_id_operation_id", "notebook_id", "branch_id",
          "operation_id"),
    # where notebooks got the paths that they have had
    Index("ix_change_new_path", "new_path",
          sqlite_where=text(_NEW_PATH[0]), postgresql_where=text(_NEW_PATH[1])),
    sqlite_with_rowid=False,
)  # fmt: skip

head = Table(
    "head",
    metadata,
    Column("project_id", ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
    Column("branch_id", String(26), primary_key=True),
    Column("notebook_id", ForeignKey("notebook.id", ondelete="CASCADE"), primary_key=True),
    Column("path", Text),  # NULL: deleted on this branch
    Column("version_id", BigInteger),
    # false: only a file was made of what the branch shares with its parent
    Column("touched", Boolean, nullable=False),
    # the file, as it was when it held this version
    Column("size", BigInteger),
    Column("mtime_ns", BigInteger),
    Column("inode", String(24)),
    Column("updated_at", Milliseconds, nullable=False),
    Index("ix_head_project_id_path_branch_id", "project_id", "path", "branch_id"),
    Index("ix_head_notebook_id", "notebook_id"),
    sqlite_with_rowid=False,
)

meeting = Table(
    "meeting",
    metadata,
    Column("notebook_id", ForeignKey("notebook.id", ondelete="CASCADE"), primary_key=True),
    # two branches, the smaller id first, and the last version that both have had
    Column("one", String(26), primary_key=True),
    Column("other", String(26), primary_key=True),
    Column("version_id", BigInteger, nullable=False),
    Column("path", Text, nullable=False),
    sqlite_with_rowid=False,
)

authored = Table(
    "authored",
    metadata,
    Column("notebook_id", ForeignKey("notebook.id", ondelete="CASCADE"), primary_key=True),
    Column("cell_id", String(64), primary_key=True),
    Column("source", LargeBinary(20), primary_key=True),
    Column("lines", Text, nullable=False),  # JSON: who wrote how many lines, in order
    sqlite_with_rowid=False,
)

merge = Table(
    "merge",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("project_id", ForeignKey("project.id", ondelete="CASCADE"), nullable=False),
    Column("source", String(26), nullable=False),
    Column("target", String(26), nullable=False),
    Column("status", String(8), nullable=False),
    Column("created_by", String(8), nullable=False),
    Column("session_id", String(26)),
    Column("run_id", String(26)),
    Column("operation_id", BigInteger),
    # digests of what was shown when the person first decided, by notebook and cell: JSON
    Column("seen", Text),
    Column("created_at", Milliseconds, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
    Index("ix_merge_project_id_id", "project_id", "id"),
)

decision = Table(
    "decision",
    metadata,
    Column("merge_id", ForeignKey("merge.id", ondelete="CASCADE"), primary_key=True),
    Column("notebook_id", ForeignKey("notebook.id", ondelete="CASCADE"), primary_key=True),
    Column("cell_id", String(64), primary_key=True),
    Column("choice", String(8), nullable=False),
    Column("text", Text),
    # digest of the sides that it was made about: when they change, it does not count any more
    Column("about", String(40), nullable=False),
    Column("decided_at", Milliseconds, nullable=False),
)
