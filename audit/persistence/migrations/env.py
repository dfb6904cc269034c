"""Runs migrations on the connection that persistence.sessions hands over, inside its transaction."""

from alembic import context

from audit.persistence.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
