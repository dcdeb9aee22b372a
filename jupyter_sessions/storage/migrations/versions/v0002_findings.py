"""Key results, dispositions, dependencies; forks, archive, queue order, project prompt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns to project, session and run; make the tables of findings."""
    op.add_column("project", sa.Column("system_prompt", sa.Text, nullable=False, server_default=""))
    op.add_column("project", sa.Column("tools", sa.Text))
    op.add_column("session", sa.Column("archived_at", sa.BigInteger))
    op.add_column(
        "session",
        sa.Column("preferred", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.add_column("session", sa.Column("request", sa.Text))
    op.add_column(
        "session",
        sa.Column("auto_named", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "session", sa.Column("findings_version", sa.Integer, nullable=False, server_default="0")
    )
    op.add_column("session", sa.Column("forked_from", sa.String(26)))
    op.add_column("session", sa.Column("forked_seq", sa.BigInteger))
    op.add_column("run", sa.Column("steer", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column(
        "run", sa.Column("queue_position", sa.BigInteger, nullable=False, server_default="0")
    )
    op.add_column("run", sa.Column("replaces", sa.BigInteger))
    _key_results()
    _dispositions()
    _dependencies()


def _of_project_and_session(table: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=f"fk_{table}_project_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=f"fk_{table}_session_id", ondelete="CASCADE"
        ),
    )


def _key_results() -> None:
    op.create_table(
        "key_result",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("session_id", sa.String(26), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("chart", sa.Text),
        sa.Column("view", sa.String(8), nullable=False),
        sa.Column("fields", sa.Text),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("row_count", sa.Integer, nullable=False),
        sa.Column("total_rows", sa.BigInteger, nullable=False),
        sa.Column("table_hash", sa.String(64)),
        sa.Column("outputs_hash", sa.String(64)),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("created_by", sa.String(8), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_key_result"),
        *_of_project_and_session("key_result"),
    )
    op.create_index(
        "ix_key_result_session_id_number", "key_result", ["session_id", "number"], unique=True
    )
    op.create_index("ix_key_result_project_id", "key_result", ["project_id"])


def _dispositions() -> None:
    op.create_table(
        "disposition",
        sa.Column("session_id", sa.String(26), nullable=False),
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("json_schema", sa.Text),
        sa.Column("value", sa.Text),
        sa.Column("evidence", sa.Text),
        sa.Column("run_id", sa.String(26)),
        sa.Column("decided_by", sa.String(8)),
        sa.Column("decided_at", sa.BigInteger),
        sa.Column("fits", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.PrimaryKeyConstraint("session_id", name="pk_disposition"),
        *_of_project_and_session("disposition"),
    )


def _dependencies() -> None:
    op.create_table(
        "dependency",
        sa.Column("session_id", sa.String(26), nullable=False),
        sa.Column("upstream_id", sa.String(26), nullable=False),
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("field", sa.String(200)),
        sa.Column("value", sa.Text),
        sa.Column("imported_seq", sa.BigInteger),
        sa.Column("imported_version", sa.Integer),
        sa.PrimaryKeyConstraint("session_id", "upstream_id", name="pk_dependency"),
        *_of_project_and_session("dependency"),
        sa.ForeignKeyConstraint(
            ["upstream_id"], ["session.id"], name="fk_dependency_upstream_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_dependency_project_id", "dependency", ["project_id"])
    op.create_index("ix_dependency_upstream_id", "dependency", ["upstream_id"])
