"""When a session was last used and in which browser; how an act came; finding mails by their address."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from models.store.types import Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ADDRESSED = sa.text("to_address IS NOT NULL")


def upgrade() -> None:
    op.add_column("timeline", sa.Column("via", sa.String(length=16), nullable=True))
    op.add_column("sessions", sa.Column("used_at", Utc(), nullable=True))
    agent = sa.Column("agent", sa.String(length=60), nullable=False, server_default=sa.text("''"))
    op.add_column("sessions", agent)
    # When they were used nobody knows: the upgrade signs nobody out.
    sessions = sa.table("sessions", sa.column("used_at", Utc()))
    op.execute(sessions.update().values(used_at=datetime.now(UTC)))
    op.create_index("ix_sign_in_links_person_id", "sign_in_links", ["person_id"])
    op.create_index(
        "ix_mails_to_address",
        "mails",
        ["to_address", "queued_at"],
        postgresql_where=ADDRESSED,
        sqlite_where=ADDRESSED,
    )


def downgrade() -> None:
    op.drop_index("ix_mails_to_address", "mails")
    op.drop_index("ix_sign_in_links_person_id", "sign_in_links")
    with op.batch_alter_table("sessions") as table:
        table.drop_column("agent")
        table.drop_column("used_at")
    with op.batch_alter_table("timeline") as table:
        table.drop_column("via")
