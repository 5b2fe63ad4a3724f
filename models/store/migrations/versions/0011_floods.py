"""When a request was last reminded of, when an invitation was last mailed, and who got which mails."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TO_PERSON = "ix_mails_to_person_settled_at"


def upgrade() -> None:
    op.add_column("requests", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invitations", sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(TO_PERSON, "mails", ["to_person", "settled_at"])


def downgrade() -> None:
    op.drop_index(TO_PERSON, "mails")
    with op.batch_alter_table("invitations") as table:
        table.drop_column("mailed_at")
    with op.batch_alter_table("requests") as table:
        table.drop_column("reminded_at")
