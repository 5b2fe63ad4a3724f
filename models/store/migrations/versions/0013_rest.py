"""What a process knows and no column holds, beside the columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = ("requests", "relationships")


def upgrade() -> None:
    """Nothing is filled in: the next save of a process does it, or `steadfast doctor --repair`."""
    for name in TABLES:
        op.add_column(name, sa.Column("rest", Json, nullable=True))


def downgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_column("rest")
