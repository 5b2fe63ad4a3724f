"""People who join a programme by themselves, and invitations that wait for its opening."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.store.types import Utc

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("invitations", sa.Column("held_at", Utc(), nullable=True))
    op.add_column("invitations", sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_index(op.f("ix_invitations_held_at"), "invitations", ["held_at"])
    op.create_table(
        "registrations",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("programme_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("roles", sa.String(64), nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("decided_by", sa.String(36), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_registrations_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_registrations_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint(
            "programme_id", "person_id", name=op.f("uq_registrations_programme_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_registrations_programme_id_state_created_at"),
        "registrations",
        ["programme_id", "state", "created_at"],
    )


def downgrade() -> None:
    op.drop_table("registrations")
    with op.batch_alter_table("invitations") as table:
        table.drop_index(op.f("ix_invitations_held_at"))
        table.drop_column("held_at")
        table.drop_column("note")
