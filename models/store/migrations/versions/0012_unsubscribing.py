"""Whether a member wants the mails that are not essential."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "members", sa.Column("optional_mails", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )


def downgrade() -> None:
    with op.batch_alter_table("members") as table:
        table.drop_column("optional_mails")
