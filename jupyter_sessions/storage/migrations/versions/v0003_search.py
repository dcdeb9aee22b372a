"""Search: an entry for each passage, its index of words, and what is still to be indexed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0003"
down_revision = "0002"

FIRST = 1 << 40

SQLITE = (
    # Not its statistics of words in documents, which only a ranking would use.
    """CREATE VIRTUAL TABLE search_index USING fts5(
         words, content='search_entry', content_rowid='id', columnsize=0,
         prefix='2 3', tokenize="ascii tokenchars '='"
       )""",
    # We merge a little with each write: by itself it merges much, and then everyone waits.
    "INSERT INTO search_index (search_index, rank) VALUES ('automerge', 0)",
    "INSERT INTO search_index (search_index, rank) VALUES ('crisismerge', 500)",
    """CREATE TRIGGER search_entry_is_indexed AFTER INSERT ON search_entry
       BEGIN INSERT INTO search_index (rowid, words) VALUES (NEW.id, NEW.words); END""",
    """CREATE TRIGGER search_entry_leaves_the_index AFTER DELETE ON search_entry
       BEGIN INSERT INTO search_index (search_index, rowid, words)
             VALUES ('delete', OLD.id, OLD.words); END""",
    f"INSERT INTO sqlite_sequence (name, seq) VALUES ('search_entry', {FIRST})",
)

POSTGRESQL = (
    "CREATE INDEX ix_search_entry_words ON search_entry USING gin (words)",
    f"ALTER SEQUENCE search_entry_id_seq RESTART WITH {FIRST + 1}",
)


def upgrade() -> None:
    """Make the tables; note the sessions that have a log already, for a server to index."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer if sqlite else sa.BigInteger, nullable=False),
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("stream", sa.String(26), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("words", sa.Text if sqlite else TSVECTOR, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_entry"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_search_entry_project_id", "search_entry", ["project_id"])
    op.create_table(
        "search_backlog",
        sa.Column("stream", sa.String(26), nullable=False),
        sa.Column("project_id", sa.String(26), nullable=False),
        sa.Column("before", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("stream", name="pk_search_backlog"),
    )
    for statement in SQLITE if sqlite else POSTGRESQL:
        op.execute(statement)
    op.execute(
        """INSERT INTO search_backlog (stream, project_id, before)
           SELECT id, project_id, (SELECT max(seq) + 1 FROM event WHERE stream = session.id)
           FROM session WHERE EXISTS (SELECT 1 FROM event WHERE stream = session.id)"""
    )
