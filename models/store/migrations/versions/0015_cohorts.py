"""An index of requests by state that holds all that is counted of those sent in a period."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATES = ["programme_id", "state", "created_at"]
COUNTED = ["revision", "decided_at", "relationship_id", "id"]


def upgrade() -> None:
    op.create_index("ix_requests_cohort", "requests", STATES + COUNTED)
    op.drop_index("ix_requests_programme_id_state_created_at", table_name="requests")


def downgrade() -> None:
    op.create_index("ix_requests_programme_id_state_created_at", "requests", STATES)
    op.drop_index("ix_requests_cohort", table_name="requests")
