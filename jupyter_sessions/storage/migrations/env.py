"""Alembic runs this: on the connection that ``storage.database`` hands over."""

from __future__ import annotations

from alembic import context

from jupyter_sessions.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
