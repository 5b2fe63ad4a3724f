"""Bounces that come after a mail was sent: found by their Message-ID, told by a worker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UNTOLD = sa.text("tell_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("mails", sa.Column("tell_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_mails_message_id", "mails", ["message_id"])
    op.create_index("ix_mails_untold", "mails", ["tell_at"], postgresql_where=UNTOLD, sqlite_where=UNTOLD)


def downgrade() -> None:
    op.drop_index("ix_mails_untold", "mails")
    op.drop_index("ix_mails_message_id", "mails")
    with op.batch_alter_table("mails") as table:
        table.drop_column("tell_at")
