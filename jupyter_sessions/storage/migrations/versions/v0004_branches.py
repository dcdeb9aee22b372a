"""Branches of notebooks: versions, operations, heads, merges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables, and a main branch for each project that there is."""
    for make in (
        _branch,
        _convergence,
        _notebook,
        _piece,
        _version,
        _operation,
        _change,
        _head,
        _meeting,
        _authored,
        _merge,
        _decision,
    ):
        make()
    op.execute(
        """INSERT INTO branch (project_id, id, name, name_key, folder, status, forked_at,
                               created_by, created_at, updated_at)
           SELECT id, 'main', 'main', 'main', '', 'active', 0, 'user', created_at, updated_at
           FROM project"""
    )


def _of(column: str, target: str, table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="CASCADE")


def _branch() -> None:
    op.create_table(
        "branch",
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_key", sa.String(400), nullable=False),
        sa.Column("folder", sa.String(255), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("parent", sa.String(26)),
        sa.Column("forked_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.String(8), nullable=False),
        sa.Column("session_id", sa.String(26)),
        sa.Column("run_id", sa.String(26)),
        sa.Column("fork", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        _of("project_id", "project", "branch"),
        sa.PrimaryKeyConstraint("project_id", "id", name="pk_branch"),
    )


def _convergence() -> None:
    op.create_table(
        "convergence",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("notebook", sa.Text, nullable=False),
        sa.Column("source", sa.String(26), nullable=False),
        sa.Column("target", sa.String(26), nullable=False),
        sa.Column("losers", sa.Text, nullable=False),
        sa.Column("merge_id", sa.String(26)),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("kernel", sa.String(8), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("met_at", sa.BigInteger),
        _of("project_id", "project", "convergence"),
        sa.PrimaryKeyConstraint("id", name="pk_convergence"),
    )
    op.create_index("ix_convergence_project_id_id", "convergence", ["project_id", "id"])
    op.create_index("ix_convergence_merge_id", "convergence", ["merge_id"])


def _notebook() -> None:
    op.create_table(
        "notebook",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("project_id", sa.String(26), nullable=False),
        _of("project_id", "project", "notebook"),
        sa.PrimaryKeyConstraint("id", name="pk_notebook"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notebook_project_id", "notebook", ["project_id"])


def _piece() -> None:
    op.create_table(
        "piece",
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("digest", sa.LargeBinary(20), nullable=False),
        sa.Column("packed", sa.Boolean, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "digest", name="pk_piece"),
    )


def _version() -> None:
    op.create_table(
        "version",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("digest", sa.LargeBinary(20), nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        _of("project_id", "project", "version"),
        sa.PrimaryKeyConstraint("id", name="pk_version"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_version_project_id_digest", "version", ["project_id", "digest"], unique=True
    )


def _operation() -> None:
    op.create_table(
        "operation",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("branch_id", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("writer", sa.String(8), nullable=False),
        sa.Column("session_id", sa.String(26)),
        sa.Column("run_id", sa.String(26)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(200)),
        sa.Column("undoes", sa.BigInteger),
        sa.Column("undone", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("intent", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("server_id", sa.String(26)),
        _of("project_id", "project", "operation"),
        sa.PrimaryKeyConstraint("id", name="pk_operation"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_operation_project_id_id", "operation", ["project_id", "id"])
    some = sa.text("run_id IS NOT NULL")
    op.create_index(
        "ix_operation_run_id",
        "operation",
        ["run_id"],
        sqlite_where=some,
        postgresql_where=some,
    )


def _change() -> None:
    op.create_table(
        "change",
        sa.Column("operation_id", sa.BigInteger, nullable=False),
        sa.Column("notebook_id", sa.BigInteger, nullable=False),
        sa.Column("branch_id", sa.String(26), nullable=False),
        sa.Column("old_path", sa.Text),
        sa.Column("new_path", sa.Text),
        sa.Column("old_version", sa.BigInteger),
        sa.Column("new_version", sa.BigInteger),
        sa.Column("cells", sa.Integer, nullable=False, server_default="0"),
        sa.Column("lines_added", sa.Integer, nullable=False, server_default="0"),
        sa.Column("lines_removed", sa.Integer, nullable=False, server_default="0"),
        _of("operation_id", "operation", "change"),
        _of("notebook_id", "notebook", "change"),
        sa.PrimaryKeyConstraint("operation_id", "notebook_id", name="pk_change"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_change_notebook_id_branch_id_operation_id",
        "change",
        ["notebook_id", "branch_id", "operation_id"],
    )
    op.create_index(
        "ix_change_new_path",
        "change",
        ["new_path"],
        sqlite_where=sa.text("old_path IS NOT new_path"),
        postgresql_where=sa.text("old_path IS DISTINCT FROM new_path"),
    )


def _head() -> None:
    op.create_table(
        "head",
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("branch_id", sa.String(26), nullable=False),
        sa.Column("notebook_id", sa.BigInteger, nullable=False),
        sa.Column("path", sa.Text),
        sa.Column("version_id", sa.BigInteger),
        sa.Column("touched", sa.Boolean, nullable=False),
        sa.Column("size", sa.BigInteger),
        sa.Column("mtime_ns", sa.BigInteger),
        sa.Column("inode", sa.String(24)),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        _of("project_id", "project", "head"),
        _of("notebook_id", "notebook", "head"),
        sa.PrimaryKeyConstraint("project_id", "branch_id", "notebook_id", name="pk_head"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_head_notebook_id", "head", ["notebook_id"])
    op.create_index(
        "ix_head_project_id_path_branch_id", "head", ["project_id", "path", "branch_id"]
    )


def _meeting() -> None:
    op.create_table(
        "meeting",
        sa.Column("notebook_id", sa.BigInteger, nullable=False),
        sa.Column("one", sa.String(26), nullable=False),
        sa.Column("other", sa.String(26), nullable=False),
        sa.Column("version_id", sa.BigInteger, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        _of("notebook_id", "notebook", "meeting"),
        sa.PrimaryKeyConstraint("notebook_id", "one", "other", name="pk_meeting"),
        sqlite_with_rowid=False,
    )


def _authored() -> None:
    op.create_table(
        "authored",
        sa.Column("notebook_id", sa.BigInteger, nullable=False),
        sa.Column("cell_id", sa.String(64), nullable=False),
        sa.Column("source", sa.LargeBinary(20), nullable=False),
        sa.Column("lines", sa.Text, nullable=False),
        _of("notebook_id", "notebook", "authored"),
        sa.PrimaryKeyConstraint("notebook_id", "cell_id", "source", name="pk_authored"),
        sqlite_with_rowid=False,
    )


def _merge() -> None:
    op.create_table(
        "merge",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("source", sa.String(26), nullable=False),
        sa.Column("target", sa.String(26), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("created_by", sa.String(8), nullable=False),
        sa.Column("session_id", sa.String(26)),
        sa.Column("run_id", sa.String(26)),
        sa.Column("operation_id", sa.BigInteger),
        sa.Column("seen", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        _of("project_id", "project", "merge"),
        sa.PrimaryKeyConstraint("id", name="pk_merge"),
    )
    op.create_index("ix_merge_project_id_id", "merge", ["project_id", "id"])


def _decision() -> None:
    op.create_table(
        "decision",
        sa.Column("merge_id", sa.String(26), nullable=False),
        sa.Column("notebook_id", sa.BigInteger, nullable=False),
        sa.Column("cell_id", sa.String(64), nullable=False),
        sa.Column("choice", sa.String(8), nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("decided_at", sa.BigInteger, nullable=False),
        _of("merge_id", "merge", "decision"),
        _of("notebook_id", "notebook", "decision"),
        sa.PrimaryKeyConstraint("merge_id", "notebook_id", "cell_id", name="pk_decision"),
    )
