"""What keeps searches and lists quick with many people and requests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = "is_open"
HELD = "released_at IS NULL"
QUEUED = "state = 'queued'"
UNSENT = "state <> 'sent'"
INDEXES = {
    "ix_members_programme_id_changed_in": ("members", ["programme_id", "changed_in"]),
    "ix_members_programme_id_name_person_id": ("members", ["programme_id", "name", "person_id"]),
    "ix_relationships_programme_id_started_at": ("relationships", ["programme_id", "started_at"]),
    "ix_invitations_programme_id_created_at": ("invitations", ["programme_id", "created_at"]),
    "ix_sessions_expires_at": ("sessions", ["expires_at"]),
    "ix_links_expires_at": ("links", ["expires_at"]),
}


def upgrade() -> None:
    op.add_column("programmes", sa.Column("people_base", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("members", sa.Column("changed_in", sa.Integer(), nullable=False, server_default="0"))
    for name, (table, columns) in INDEXES.items():
        op.create_index(op.f(name), table, columns)
    for side in ("mentee", "mentor"):
        _create(f"ix_requests_{side}_open", "requests", ["programme_id", f"{side}_id", "created_at"], OPEN)
    op.drop_index("ix_places_mentor_held", "places")
    _create("ix_places_mentor_held", "places", ["programme_id", "mentor_id", "claimed_at"], HELD)
    op.drop_index(op.f("ix_mails_state_next_attempt_at"), "mails")
    _create("ix_mails_queued", "mails", ["next_attempt_at"], QUEUED)
    _create("ix_mails_unsent", "mails", ["programme_id", "state", "queued_at"], UNSENT)


def downgrade() -> None:
    op.drop_index("ix_mails_unsent", "mails")
    op.drop_index("ix_mails_queued", "mails")
    op.create_index(op.f("ix_mails_state_next_attempt_at"), "mails", ["state", "next_attempt_at"])
    op.drop_index("ix_places_mentor_held", "places")
    _create("ix_places_mentor_held", "places", ["programme_id", "mentor_id"], HELD)
    for side in ("mentee", "mentor"):
        op.drop_index(f"ix_requests_{side}_open", "requests")
    for name, (table, _) in INDEXES.items():
        op.drop_index(op.f(name), table)
    op.drop_column("members", "changed_in")
    op.drop_column("programmes", "people_base")


def _create(name: str, table: str, columns: list[str], where: str) -> None:
    on_sqlite = "is_open = 1" if where == OPEN else where
    op.create_index(name, table, columns, postgresql_where=sa.text(where), sqlite_where=sa.text(on_sqlite))
