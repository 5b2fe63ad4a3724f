"""Mentors who stepped down, and requests that are left to the admins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "members", sa.Column("stepped_down", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("requests", sa.Column("left_to_admins", sa.String(32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("requests") as table:
        table.drop_column("left_to_admins")
    with op.batch_alter_table("members") as table:
        table.drop_column("stepped_down")
