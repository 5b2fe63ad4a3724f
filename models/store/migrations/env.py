"""Run by Alembic for every command; `models.store.migrate` hands over the connection and its transaction."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON

from models.store.schema import metadata
from models.store.types import Utc


def in_plain_types(kind: str, column_type: Any, autogenerating: Any) -> str | Literal[False]:
    """How a new migration writes our column types: without importing them, for they may change."""
    if kind == "type" and isinstance(column_type, Utc):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(column_type, JSON):
        autogenerating.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite changes a table by copying it; harmless elsewhere.
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
    render_item=in_plain_types,
)
context.run_migrations()
