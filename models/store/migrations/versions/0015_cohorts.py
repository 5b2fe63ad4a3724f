"""An index that holds all that is counted of the requests sent in a period."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COUNTED = [
    "programme_id",
    "created_at",
    "state",
    "revision",
    "decided_at",
    "relationship_id",
    "id",
]


def upgrade() -> None:
    op.create_index("ix_requests_cohort", "requests", COUNTED)
    op.drop_index("ix_requests_programme_id_created_at", table_name="requests")


def downgrade() -> None:
    op.create_index("ix_requests_programme_id_created_at", "requests", ["programme_id", "created_at"])
    op.drop_index("ix_requests_cohort", table_name="requests")
