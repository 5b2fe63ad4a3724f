"""When a member looked at their home, so that it can say what is new."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLUMNS = ("seen_at", "seen_before")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("members", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("members") as table:
        for name in COLUMNS:
            table.drop_column(name)
