"""What keeps searches and lists quick with many people and requests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

HELD = sa.text("released_at IS NULL")


def upgrade() -> None:
    op.add_column("programmes", sa.Column("people_base", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("members", sa.Column("changed_in", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(op.f("ix_members_programme_id_changed_in"), "members", ["programme_id", "changed_in"])
    _index_held_places(["programme_id", "mentor_id", "claimed_at"])


def downgrade() -> None:
    _index_held_places(["programme_id", "mentor_id"])
    op.drop_index(op.f("ix_members_programme_id_changed_in"), "members")
    op.drop_column("members", "changed_in")
    op.drop_column("programmes", "people_base")


def _index_held_places(columns: list[str]) -> None:
    op.drop_index("ix_places_mentor_held", "places")
    op.create_index("ix_places_mentor_held", "places", columns, postgresql_where=HELD, sqlite_where=HELD)
