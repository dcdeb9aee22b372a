"""First tables: project, session, run, event, blob."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SQLITE_TRIGGERS = (
    """CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
       BEGIN SELECT RAISE(ABORT, 'events are immutable'); END""",
    """CREATE TRIGGER event_is_deleted_with_its_project BEFORE DELETE ON event
       WHEN EXISTS (SELECT 1 FROM project WHERE id = OLD.project_id)
       BEGIN SELECT RAISE(ABORT, 'events are immutable'); END""",
    """CREATE TRIGGER run_is_immutable_once_ended BEFORE UPDATE ON run
       WHEN OLD.status IN ('completed', 'failed', 'cancelled')
       BEGIN SELECT RAISE(ABORT, 'runs are immutable once they end'); END""",
)

POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION refuse_change_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM project WHERE id = OLD.project_id) THEN
           RETURN OLD;
         END IF;
         RAISE EXCEPTION 'events are immutable';
       END $$""",
    """CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE ON event
       FOR EACH ROW EXECUTE FUNCTION refuse_change_of_event()""",
    """CREATE FUNCTION refuse_change_of_run() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         RAISE EXCEPTION 'runs are immutable once they end';
       END $$""",
    """CREATE TRIGGER run_is_immutable_once_ended BEFORE UPDATE ON run FOR EACH ROW
       WHEN (OLD.status IN ('completed', 'failed', 'cancelled'))
       EXECUTE FUNCTION refuse_change_of_run()""",
)


def upgrade() -> None:
    """Make the tables, their indexes, and the triggers that keep the log as it was written."""
    op.create_table(
        "project",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("default_runtime", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_project"),
    )
    op.create_index("ix_project_user_id_updated_at", "project", ["user_id", "updated_at"])
    op.create_table(
        "session",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("active_branch", sa.String(200), nullable=False),
        sa.Column("model", sa.String(200)),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("status_reason", sa.Text),
        sa.Column("processing_ms", sa.BigInteger, nullable=False),
        sa.Column("iterations", sa.Integer, nullable=False),
        sa.Column("wrapping_up", sa.Boolean, nullable=False),
        sa.Column("started", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("deleted_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_session_project_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_session_project_id_position", "session", ["project_id", "position"])
    op.create_table(
        "run",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("session_id", sa.String(26), nullable=False),
        sa.Column("server_id", sa.String(26), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("branch", sa.String(200), nullable=False),
        sa.Column("notebook", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("completed_at", sa.BigInteger),
        sa.Column("input_tokens", sa.BigInteger, nullable=False),
        sa.Column("output_tokens", sa.BigInteger, nullable=False),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.Column("cost", sa.Float),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_message", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_run_project_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name="fk_run_session_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_run_session_id_id", "run", ["session_id", "id"])
    op.create_index("ix_run_project_id_id", "run", ["project_id", "id"])
    op.create_index("ix_run_status", "run", ["status"])
    op.create_table(
        "event",
        sa.Column("stream", sa.String(26), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("session_id", sa.String(26)),
        sa.Column("run_id", sa.String(26)),
        sa.Column("parent", sa.BigInteger),
        sa.Column("ts", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String(8), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("stream", "seq", name="pk_event"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_project_id", "event", ["project_id"])
    op.create_index("ix_event_run_id", "event", ["run_id"])
    op.create_table(
        "blob",
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("media_type", sa.String(128), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "hash", name="pk_blob"),
    )
    dialect = op.get_bind().dialect.name
    for trigger in SQLITE_TRIGGERS if dialect == "sqlite" else POSTGRESQL_TRIGGERS:
        op.execute(trigger)
