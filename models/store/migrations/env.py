"""Run by Alembic for every command; `models.store.migrate` hands over the connection and its transaction."""

from alembic import context

from models.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite changes a table by copying it; harmless elsewhere.
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
)
context.run_migrations()
